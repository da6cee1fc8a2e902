"""`metst check`: a linter for data sets."""
