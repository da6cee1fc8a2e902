"""Lightning callbacks of an experiment: metrics at fold end, timelines, exact resume."""
