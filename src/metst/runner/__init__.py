"""Experiments: configuration, folds, pooling; studies, sweeps, clusters, tracking."""
