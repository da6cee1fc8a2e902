"""The files of a run, and their readers: tables, scores, summaries."""
