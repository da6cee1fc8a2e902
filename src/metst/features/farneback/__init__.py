"""Dense optical flow by polynomial expansion (Farnebäck 2003), with OpenCV's numbers.

`expand` and `flow_between` compute one pair on one core of a CPU; `batch` computes
many pairs at once in torch.
"""

from metst.features.farneback.pair import Flow, Pyramid, expand, flow_between

__all__ = ["Flow", "Pyramid", "expand", "flow_between"]
