"""Every system on one data set."""
