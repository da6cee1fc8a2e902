"""What the authors of ME-TST released: checkpoints and flow features, read safely."""

from metst.release.checkpoint import load_network
from metst.release.features import import_features, read_features, released_spec

__all__ = ["import_features", "load_network", "read_features", "released_spec"]
