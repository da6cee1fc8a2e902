"""What generated data sets have in common."""
