"""Systems that find micro-expressions or name their emotion; one folder each."""
