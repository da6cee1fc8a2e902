"""What data sets are: annotations, label tables, their linter, generated sets."""
