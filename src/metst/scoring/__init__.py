"""How intervals are judged: matching, counts, averages, protocols, bootstrap, comparison."""
