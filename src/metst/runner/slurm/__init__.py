"""An experiment as jobs of a Slurm cluster: scripts to read, change and submit."""

from metst.runner.slurm.options import SlurmOptions
from metst.runner.slurm.scripts import Plan, scripts
from metst.runner.slurm.shards import Shard

__all__ = ["Plan", "Shard", "SlurmOptions", "scripts"]
