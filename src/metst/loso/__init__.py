"""Leave one subject out: folds as jobs, their run folder, and the pooled result."""
