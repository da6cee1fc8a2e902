"""An experiment as jobs of a Slurm cluster: scripts to read, change and submit."""

from metst.slurm.options import SlurmOptions
from metst.slurm.scripts import Plan, scripts
from metst.slurm.shards import Shard

__all__ = ["Plan", "Shard", "SlurmOptions", "scripts"]
