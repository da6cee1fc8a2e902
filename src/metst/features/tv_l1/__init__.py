"""Dense optical flow by total variation and L1 norm (Zach, Pock and Bischof 2007).

With OpenCV's numbers: those of `cv2.optflow.DualTVL1OpticalFlow_create()`, to the last bit.
"""

from metst.features.tv_l1.pair import flow

__all__ = ["flow"]
