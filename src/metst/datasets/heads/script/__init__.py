"""Who does what when: drawn from the seed alone, before anything is rendered."""

from metst.datasets.heads.script.groups import identity_group
from metst.datasets.heads.script.plan import VideoPlan
from metst.datasets.heads.script.plans import write_plans
from metst.datasets.heads.script.video import VideoScript
from metst.datasets.heads.script.write import write_script

__all__ = ["VideoPlan", "VideoScript", "identity_group", "write_plans", "write_script"]
