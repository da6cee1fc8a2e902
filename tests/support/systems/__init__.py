"""Small systems that show what a system of one's own needs: a file and a YAML, nothing else."""
