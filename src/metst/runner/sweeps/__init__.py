"""Sweeps over settings, in wandb's files: trials whose folds count as one, and honest choices."""
