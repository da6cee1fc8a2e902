"""From features and annotations to what a system is trained on."""

from metst.samples.base import Samples, expect
from metst.samples.flow_windows import FlowWindows
from metst.samples.fold import Fold
from metst.samples.onset_apex import OnsetApexImages
from metst.samples.pair_images import PairImages

__all__ = ["FlowWindows", "Fold", "OnsetApexImages", "PairImages", "Samples", "expect"]
