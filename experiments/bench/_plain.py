"""A plain implementation of the ROI flow, written after the paper: the reference of ours.

One step after the other: detect in the full frame and again in the crop, resize every frame,
OpenCV's Farneback per region, sort all vectors by length, add up the longest in a Python loop.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.video.face import DlibDetector

Array = NDArray[Any]


def plain_windows(frames: Array, k: int, landmarks: Array, boxes: Array) -> Array:
    """Windows (W, 10, k) of frames (T, H, W) with given faces."""
    starts = range(0, (len(landmarks) - 1) * (k // 2) + 1, k // 2)
    windows = [
        plain_window(frames[start : start + k], points, box.tolist())
        for start, points, box in zip(starts, landmarks, boxes, strict=True)
    ]
    return np.array(windows, np.float32)


def plain_window(frames: Array, landmarks: Array, box: list[int]) -> Array:
    """One window (10, k)."""
    reference, out = _cut(frames[0], box), np.zeros((10, len(frames)))
    for j in range(1, len(frames)):
        image = _cut(frames[j], box)
        head = _head(reference, image, landmarks)
        for _ in range(3):
            if head[0] ** 2 + head[1] ** 2 <= 1:
                break
            dx, dy = round(head[0]), round(head[1])
            box = [max(0, box[0] + dy), box[1] + dy, max(0, box[2] + dx), box[3] + dx]
            image = _cut(frames[j], box)
            head = _head(reference, image, landmarks)
        values = _roi_means(reference, image, landmarks)
        out[:, j] = [v - h for mean in values for v, h in zip(mean, head, strict=True)]
    return out


def plain_face(frame: Array, detector: DlibDetector) -> tuple[Array, list[int]]:
    """Landmarks in the crop, and the crop box as top, bottom, left, right."""
    full = detector.detect(frame)
    assert full is not None
    (x39, y39), (x42, y42) = full[39].tolist(), full[42].tolist()
    g, x, y = int((x42 - x39) / 2), int((x39 + x42) / 2), int((y39 + y42) / 2)
    box = [max(y - int(3.5 * g), 0), y + int(5.5 * g), max(x - int(4.5 * g), 0), x + int(4.5 * g)]
    landmarks = detector.detect(_cut(frame, box))
    assert landmarks is not None
    return landmarks, box


def _cut(frame: Array, box: list[int]) -> Array:
    return cv2.resize(frame[box[0] : box[1], box[2] : box[3]], (320, 320))


def _extent(landmarks: Array, first: int, last: int) -> list[int]:
    points = landmarks[first : last + 1]
    x, y = points[:, 0].tolist(), points[:, 1].tolist()
    return [min(x), max(x), min(y), max(y)]


def _flow(a: Array, b: Array, rows: slice, columns: slice) -> Array:
    first, second = a[rows, columns], b[rows, columns]
    empty = np.empty((*first.shape, 2), np.float32)
    return cv2.calcOpticalFlowFarneback(first, second, empty, 0.5, 3, 15, 5, 7, 1.5, 0)


def _head(a: Array, b: Array, landmarks: Array) -> list[float]:
    x0, x1, y0, y1 = _extent(landmarks, 29, 30)
    flow = _flow(a, b, slice(y0 - 13, y1 + 13), slice(x0 - 13, x1 + 13))
    return _top(flow[15:-10, 5:-5], 0.7)


def _roi_means(a: Array, b: Array, landmarks: Array) -> list[list[float]]:
    x0, x1, y0, y1 = _extent(landmarks, 17, 21)
    flow = _flow(a, b, slice(max(0, y0 - 15), y1 + 5), slice(max(0, x0 - 5), x1))
    top = max(0, 10 + min(0, y0 - 15))
    bottom = 4 if len(flow) - 3 < 10 + top else 10
    means = [_top(flow[top:-bottom, 10:-10], 0.3)]
    x0, x1, y0, y1 = _extent(landmarks, 22, 26)
    flow = _flow(a, b, slice(max(0, y0 - 15), y1 + 5), slice(x0, x1))
    means.append(_top(flow[max(0, 10 + min(0, y0 - 15)) : -10, 10:-10], 0.3))
    x0, x1, y0, y1 = _extent(landmarks, 48, 66)
    flow = _flow(a, b, slice(y0 - 15, y1 + 10), slice(max(0, x0 - 20), x1 + 20))
    means.append(_top(flow[10:-10, 10:-10], 0.3))
    x0, x1, y0, y1 = _extent(landmarks, 30, 35)
    flow = _flow(a, b, slice(y0 - 20, y1 + 5), slice(max(0, x0 - 30), x1 + 30))
    (x31, y31), (x35, y35) = landmarks[31].tolist(), landmarks[35].tolist()
    row, column = y31 - (y0 - 20), x31 - (x0 - 30)
    means.append(_top(flow[row - 20 : row + 5, column - 20 : column + 10], 0.2))
    row, column = y35 - (y0 - 20), x35 - (x0 - 30)
    means.append(_top(flow[row - 20 : row + 5, column - 10 : column + 20], 0.2))
    return means


def _top(flow: Array, share: float) -> list[float]:
    """Mean of the longest vectors, by sorting all of them and adding up in a loop."""
    lengths = (flow[..., 0] ** 2 + flow[..., 1] ** 2).ravel()
    order = np.argsort(lengths)[int(lengths.size * (1 - share)) :]
    total_x = total_y = 0.0
    for index in order:
        row, column = divmod(int(index), flow.shape[1])
        total_x += float(flow[row, column, 0])
        total_y += float(flow[row, column, 1])
    return [total_x / len(order), total_y / len(order)]


def plain_extract(frames: Array, k: int, detector: DlibDetector) -> Array:
    """Windows (W, 10, k) from frames alone."""
    starts = range(0, len(frames) // (k // 2) * (k // 2) - k + 1, k // 2)
    faces = [plain_face(frames[start], detector) for start in starts]
    landmarks, boxes = (np.array(column) for column in zip(*faces, strict=True))
    return plain_windows(frames, k, landmarks, boxes)
