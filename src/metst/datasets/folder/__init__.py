"""Videos of one's own and their labels, described by settings alone."""
