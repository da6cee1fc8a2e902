"""One LightningDataModule per data set, over a common leave-one-subject-out base."""
