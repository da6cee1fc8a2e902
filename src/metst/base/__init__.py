"""What everything else stands on: errors, files, settings, progress, random numbers, executors."""
