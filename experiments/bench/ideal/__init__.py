"""ROI flow of rendered heads from their geometry: what perfect flow would measure, no rendering."""
