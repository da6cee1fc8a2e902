"""Flow images: flow and strain of the brows and the mouth, or of the whole face.

Channels are u and v, the displacement in x and y, and the strain. Images are channels-first
float32; in images of regions (3, 42, 42), the brows are above the mouth.
Sources: MEAN (`flow_mean`), SOFTNet (`softnet_raw`), STSTNet (`whole_face`).
"""

from collections.abc import Sequence
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.features.flow_images.face import SIDE
from metst.features.flow_images.strain import Planes, strain_after, strain_before
from metst.features.roi_flow.boxes import Box
from metst.video.face import Landmarks

SHAPE = (3, 42, 42)
"""Channels, rows and columns of an image of regions."""

MARGIN = 12  # pixels around the landmarks of a region
NOSE, NOSE_REACH = 28, 5  # landmark whose surroundings move with the head, and pixels around it
EYES = (36, 42)  # first landmarks of the eyes
AROUND_EYE = ((-15, 0), (0, -15), (0, -15), (15, 0), (0, 15), (0, 15))  # x, y, per landmark

Channel = Literal["u", "v", "strain"]
CHANNELS: tuple[Channel, ...] = ("u", "v", "strain")


def mean_channels(flow: Planes) -> Planes:
    """Flow (2, H, W) with MEAN's strain (3, H, W), in pixels."""
    return np.concatenate([flow, strain_before(flow)[None]])


def regions(channels: Planes, landmarks: Landmarks) -> Planes:
    """The image (3, 42, 42) of brows and mouth, of channels (3, 128, 128); zero beyond the crop."""
    _, rows, columns = SHAPE
    image = np.zeros(SHAPE, np.float32)
    for number, box in enumerate(_boxes(landmarks)):
        if not box.empty:
            part = channels[:, *box.pixels].transpose(1, 2, 0).astype(np.float64)
            half = slice(number * rows // 2, (number + 1) * rows // 2)
            image[:, half] = cv2.resize(part, (columns, rows // 2)).transpose(2, 0, 1)
    return image


def ranges(channels: NDArray[Any]) -> Planes:
    """Least and largest value (..., 2) of each channel (..., H, W)."""
    return np.stack([channels.min((-2, -1)), channels.max((-2, -1))], -1).astype(np.float32)


def normalized(images: NDArray[Any], limits: Planes) -> Planes:
    """Images (..., H, W) with limits (..., 2) mapped to 0 and 1; zero where these are equal."""
    low, high = (limits[..., i, None, None].astype(np.float32) for i in (0, 1))
    images = images.astype(np.float32)
    divided: Planes = np.divide(
        images - low, high - low, out=np.zeros_like(images), where=high > low
    )
    return divided


def flow_mean(flow: Planes, landmarks: Landmarks) -> Planes:
    """MEAN's image of flow (2, 128, 128): 0 ... 1 over the whole crop.

    Resizing is linear, so that regions may be normalized after it, and stored in pixels.
    """
    channels = mean_channels(flow)
    return normalized(regions(channels, landmarks), ranges(channels))


def softnet_raw(flow: Planes, landmarks: Landmarks) -> Planes:
    """SOFTNet's image of flow (2, 128, 128) relative to the nose, without the eyes, in pixels.

    The network reads it with each channel mapped to 0 ... 1: `normalized(x, ranges(x))`.
    """
    channels = np.concatenate([flow, strain_after(flow)[None]])
    x, y = landmarks[NOSE].tolist()
    nose = Box(y - NOSE_REACH, y + NOSE_REACH + 1, x - NOSE_REACH, x + NOSE_REACH + 1)
    nose = nose.clip(SIDE, SIDE)
    if not nose.empty:
        channels -= channels[:, *nose.pixels].mean((1, 2), keepdims=True)
    channels[:2] = np.abs(channels[:2])
    channels[:, _eyes(landmarks)] = 0
    return regions(channels, landmarks)


def whole_face(flow: Planes, size: int = 28, order: Sequence[Channel] = CHANNELS[::-1]) -> Planes:
    """Image (3, size, size) of flow (2, H, W), each channel 0 ... 255; round it for 8 bits.

    Args:
        flow: of a whole face.
        size: side of the image in pixels.
        order: of the channels.
    """
    channels = mean_channels(flow)[[CHANNELS.index(name) for name in order]]
    resized = np.stack([cv2.resize(channel, (size, size)) for channel in channels])
    return 255 * normalized(resized, ranges(resized))


def _boxes(landmarks: Landmarks) -> tuple[Box, Box]:
    """Brows and mouth, inside the crop."""
    x, y = landmarks.T.tolist()
    brows = Box(min(y[19], y[24]), max(y[41], y[46]), x[17], x[26])
    mouth = Box(y[50], y[57], x[60], x[64])
    return _inside(brows), _inside(mouth)


def _inside(box: Box) -> Box:
    top, bottom, left, right = box
    wide = Box(top - MARGIN, bottom + MARGIN, left - MARGIN, right + MARGIN)
    return wide.clip(SIDE, SIDE)


def _eyes(landmarks: Landmarks) -> NDArray[np.bool_]:
    """Which pixels (128, 128) belong to the eyes and the skin around them."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    for first in EYES:
        polygon = (landmarks[first : first + 6] + AROUND_EYE).clip(0, SIDE)
        cv2.fillPoly(mask, [polygon.astype(np.int32)], 1)
    return mask.astype(bool)
