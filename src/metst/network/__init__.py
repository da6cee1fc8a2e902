"""What networks are made of: the selective scan, mixer, trunk, stem, losses."""
