"""How much faster extraction is than a plain implementation of the same features.

    python -m experiments.bench.extract                  # one core, then two processes
    python -m experiments.bench.extract --memory 10000   # a 1280 x 720 video of so many frames

The plain one follows the paper's pipeline, one step after the other: detect in the full
frame and again in the crop, resize every frame, OpenCV's Farneback per region, sort all vectors by
length, add up the longest in a Python loop. It is also the independent reference of the tests.

Profile, per cent of the time of each on one core (380-pixel frames, k = 50):

    plain  Farneback 70, top mean 24, detection 4, resizing 1
    ours   Farneback 73 (of it expansions 20), detection 13, top mean 9, resizing 3

Features are equal to the last bits; what was saved: the reference patch of a window is expanded
once and not with every frame, planes vectorize where OpenCV's interleaved pixels do not, the top
mean partitions instead of sorting, a frame is decoded once for the two windows that it is in.

A worker process costs 3 CPU seconds before its first frame (importing torch 1.7, reading dlib's
model 1.1, loading the kernels 0.4), and no more CPU time per frame than a process alone: the
patches of a region fit the core's own cache. So two processes are measured by the time of further
videos, beyond the start; the CPU time per frame shows whether other programs were running.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.base.executors import Processes
from metst.features.cache import FlowCache
from metst.features.extract import VideoJob, extract_videos
from metst.features.roi_flow import Engine, flow_spec, iter_windows
from metst.features.roi_flow.engines import gpu
from metst.video import ArrayFrames
from metst.video.face import DlibDetector

Array = NDArray[Any]

K = 50  # frames per window, as for CAS(ME)^3
SIDE = 380  # pixels, side of a frame
ROUNDS = 3  # the fastest of so many is reported


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


def portrait(frames: int, seed: int) -> Array:
    """A talking head (T, H, W): a photograph, shifted and warped a little, with sensor noise."""
    from skimage import data

    rng = np.random.default_rng(seed)
    still = cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2GRAY)[:SIDE, 40 : 40 + SIDE]
    rows, columns = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    field = [cv2.GaussianBlur(rng.normal(size=still.shape), (0, 0), 15) * 60 for _ in range(2)]
    clip = []
    for t in range(frames):
        x = columns + np.sin(t / 5) * field[0] + np.sin(t / 40)
        y = rows + np.sin(t / 7) * field[1]
        image = cv2.remap(still, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)
        clip.append(np.clip(image + rng.normal(0, 1, image.shape), 0, 255))
    return np.array(clip, np.uint8)


def plain_extract(frames: Array, k: int, detector: DlibDetector) -> Array:
    """Windows (W, 10, k) from frames alone."""
    starts = range(0, len(frames) // (k // 2) * (k // 2) - k + 1, k // 2)
    faces = [plain_face(frames[start], detector) for start in starts]
    landmarks, boxes = (np.array(column) for column in zip(*faces, strict=True))
    return plain_windows(frames, k, landmarks, boxes)


def one_core(frames: int) -> None:
    """All on the same frames, alternately, in this process."""
    clip, detector = portrait(frames, 0), DlibDetector()
    starts = list(range(0, frames // (K // 2) * (K // 2) - K + 1, K // 2))

    def windows(engine: Engine) -> Array:
        source = ArrayFrames(clip)
        measured = iter_windows(source, starts, K, detector, engine=engine)
        return np.array([window.features for window in measured])

    ways: dict[str, Callable[[], Array]] = {
        "plain": lambda: plain_extract(clip, K, detector),
        "ours": lambda: windows("numba"),
    }
    if gpu():
        ways |= {"GPU": lambda: windows("torch")}
    features = {name: way() for name, way in ways.items()}  # compile, warm up
    for name in features.keys() & {"ours", "GPU"}:
        difference = np.abs(features[name] - features["plain"]).max()
        print(f"{name}: largest difference {difference:.1e} px")
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for name, way in [*ways.items()] * ROUNDS:
        start = time.perf_counter()
        way()
        seconds[name].append(time.perf_counter() - start)
    for name, measured in seconds.items():
        ratio = min(seconds["plain"]) / min(measured)
        print(f"{name:30s} {frames / min(measured):7.1f} frames/s   {ratio:.2f} times")


def processes(videos: int, frames: int) -> None:
    """Image folders into a cache, with one and with two processes, beyond their start."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        jobs = [_write(root, index, frames) for index in range(2 * videos)]
        rates = []
        for workers in (1, 2):
            few, few_cpu = _extract(jobs[:videos], root / f"few{workers}", workers)
            many, many_cpu = _extract(jobs, root / f"many{workers}", workers)
            rates.append(videos * frames / (many - few))
            cpu = (many_cpu - few_cpu) / (videos * frames)
            print(
                f"{workers} processes {rates[-1]:7.1f} frames/s {rates[-1] / rates[0]:6.2f} times, "
                f"{1e3 * cpu:.2f} ms of CPU time per frame, start {2 * few - many:.1f} s"
            )


def memory(frames: int) -> None:
    """Most memory that one long video takes, at a tenth of its length and at the end."""
    with tempfile.TemporaryDirectory() as name:
        still = cv2.resize(portrait(1, 0)[0], (720, 720))
        paths = []
        for number in range(50):
            image = np.zeros((720, 1280), np.uint8)
            image[:, 280 + number : 1000 + number] = still
            paths.append(Path(name, f"{number}.jpg"))
            cv2.imwrite(str(paths[-1]), image)
        there_and_back = paths + paths[::-1]
        for length in (frames // 10, frames):
            video = tuple(there_and_back[i % len(there_and_back)] for i in range(length))
            jobs = [VideoJob("bench", str(length), video)]
            seconds, _ = _extract(jobs, Path(name, "cache"), 1)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{length} frames: {length / seconds:.0f} frames/s, at most {peak:.0f} MiB so far"
            )


def _write(root: Path, index: int, frames: int) -> VideoJob:
    folder = root / str(index)
    folder.mkdir()
    paths = []
    for number, image in enumerate(portrait(frames, index), start=1):
        paths.append(folder / f"{number}.jpg")
        cv2.imwrite(str(paths[-1]), image)
    return VideoJob("bench", str(index), tuple(paths))


def _extract(jobs: list[VideoJob], folder: Path, workers: int) -> tuple[float, float]:
    """Seconds on the clock, and of CPU time of all processes."""
    start, cpu = time.perf_counter(), _cpu_seconds()
    extract_videos(jobs, flow_spec(K), FlowCache(folder), Processes(workers))
    return time.perf_counter() - start, _cpu_seconds() - cpu


def _cpu_seconds() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--frames", type=int, default=200, help="frames per video")
    parser.add_argument("--videos", type=int, default=6, help="further videos per process count")
    parser.add_argument("--memory", type=int, help="measure this instead: frames of a long video")
    options = parser.parse_args()
    if options.memory:
        memory(options.memory)
        return
    one_core(options.frames)
    processes(options.videos, options.frames)


if __name__ == "__main__":
    main()
