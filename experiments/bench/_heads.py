"""Short videos of rendered heads under one condition at a time, measured, with their exact truth.

Shapes: T frames, V vertices, W windows, C channels, M = C / 2 areas, k frames per window, N frames
that landmarks were looked for in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from experiments.bench._heads_truth import landmark_errors, truth
from experiments.bench.ideal.person import measure, person
from metst.datasets.generated.filming import Picture, as_jpeg
from metst.datasets.heads.camera import recorded
from metst.datasets.heads.options import HeadsOptions, Knobs
from metst.datasets.heads.render.film import frames, moment, scene_of
from metst.datasets.heads.render.scene import Scene
from metst.datasets.heads.script import VideoPlan, VideoScript, write_script
from metst.datasets.heads.script.plan import PlannedExpression
from metst.datasets.heads.script.video import Camera
from metst.features.roi_flow import ME_TST_ROIS, RELEASED, Margins, Method, RoiSet, iter_windows
from metst.features.windows import window_starts
from metst.video import ArrayFrames
from metst.video.face import DlibDetector

Array = NDArray[Any]

K = 50  # frames per window
FRAMES = 225  # of a video: 8 windows
PEOPLE = ("spNO.1", "spNO.2", "spNO.3", "spNO.4", "spNO.5")
HELD_OUT = "spNO.6"  # whom nothing is fitted to
EMOTIONS = ("disgust", "surprise", "others", "fear", "anger", "sad", "happy")

NO_AREA = replace(ME_TST_ROIS.reference, inner=Margins(999, 999, 999, 999))
RAW = RoiSet((*ME_TST_ROIS.rois, ME_TST_ROIS.reference), NO_AREA)
"""The same areas and that of the reference, nothing subtracted, the crop never moved."""

OTHERS = (Method("farneback", "subpixel"), Method("dis", "pixel"), Method("dis", "subpixel"))
"""Ways to measure beside the released one, compared where only the head's motion is changed."""


@dataclass(frozen=True)
class Condition:
    """How a video is recorded: head motion is `none`, `usual` or `strong`."""

    name: str
    noise: float = 2.0
    jpeg: int = 95
    h264: int | None = None
    motion: str = "usual"


CONDITIONS = (
    *(Condition(f"noise {n}", noise=n) for n in (0, 2, 4, 8)),
    Condition("JPEG 50", jpeg=50),
    Condition("H.264 crf 28", h264=28),
    Condition("head still", motion="none"),
    Condition("head strong", motion="strong"),
)
"""Noise 2, JPEG 95 and usual head motion, one thing changed at a time."""

WITHOUT_MOTION = tuple(Condition(f"still, noise {n}", noise=n, motion="none") for n in (0, 4, 8))
"""What else is needed to see the white errors of each noise alone."""


@dataclass(frozen=True)
class Case:
    """What was measured in one video, and what is true; motions in crop pixels.

    Attributes:
        subject: who is seen.
        condition: how it was recorded.
        measured: (W, C, k) flow as the feature measures it.
        methods: (W, C, k) flow by method, the released one first; none where not compared.
        exact: (W, C, k) the same by perfect flow and alignment, on the same areas.
        aligned: (W, C, k) the same by perfect flow, aligned by whole pixels as the feature does.
        ideal: (W, C, k) by the linear model of the person.
        head: (W, 2, k) exact motion of the reference.
        left: (W, k) length of what whole pixels leave of it.
        raw: (W, C + 2, k) flow without the reference, then that of the reference.
        raw_exact: (W, C + 2, k) the same by perfect flow.
        landmarks: (N, 68, 2) errors of dlib, in distances of the outer corners of the eyes.
        scale: crop pixels per pixel of the frame.
    """

    subject: str
    condition: Condition
    measured: Array
    methods: Mapping[Method, Array]
    exact: Array
    aligned: Array
    ideal: Array
    head: Array
    left: Array
    raw: Array
    raw_exact: Array
    landmarks: Array
    scale: float


def cases(subject: str, conditions: tuple[Condition, ...] = CONDITIONS) -> Iterator[Case]:
    """Videos of one person under each condition; pictures are made once per head motion."""
    filmed: dict[str, tuple[HeadsOptions, VideoScript, Scene, list[Picture]]] = {}
    for condition in conditions:
        if condition.motion not in filmed:
            options = _options(condition.motion)
            script = write_script(options, _plan(subject, condition.motion))
            pictures = list(frames(options, script))
            filmed[condition.motion] = options, script, scene_of(options, subject), pictures
        options, script, scene, pictures = filmed[condition.motion]
        yield _case(condition, options, script, scene, pictures)


def _options(motion: str) -> HeadsOptions:
    knobs = Knobs(motion=0 if motion == "none" else 1)
    return HeadsOptions(subjects=6, micro=6, minutes=1, seed=7, knobs=knobs)


def _plan(subject: str, motion: str) -> VideoPlan:
    """Three MEs of usual strength and a MaE; every other person speaks."""
    number = int(subject.rpartition(".")[2])
    micro = [
        PlannedExpression(EMOTIONS[(3 * number + i) % 7], 14 + 6 * i, 0.3, 0.2 + 0.1 * i)
        for i in range(3)
    ]
    macro = PlannedExpression(EMOTIONS[(3 * number + 3) % 7], 60, 0.3, 0.6)
    groups = ("speech",) * (number % 2 == 0) + ("motion",) * (motion == "strong")
    return VideoPlan(subject, "a", FRAMES, groups, (), tuple(micro), (macro,))


def _case(
    condition: Condition,
    options: HeadsOptions,
    script: VideoScript,
    scene: Scene,
    pictures: list[Picture],
) -> Case:
    kept = np.arange(script.frames, dtype=np.int32)
    camera = Camera(condition.noise, script.camera.blur, condition.jpeg, condition.h264, kept)
    stored = recorded(options, replace(script, camera=camera), pictures)
    grey = np.stack([_as_read(picture, condition.jpeg) for picture in stored])
    starts = window_starts(len(grey), K, tail=True)
    vertices = np.stack([scene.places(scene.vertices(moment(script, t))) for t in kept])
    detector, source = DlibDetector(), ArrayFrames(grey)
    windows = list(iter_windows(source, starts, K, detector))
    measured, methods = np.stack([w.features for w in windows]), {}
    if (condition.noise, condition.jpeg, condition.h264) == (2, 95, None):
        methods = {RELEASED: measured}
        for method in OTHERS:
            other = iter_windows(source, starts, K, detector, method=method)
            methods[method] = np.stack([w.features for w in other])
    truths = [truth(scene, vertices, window, RAW) for window in windows]
    raw = list(iter_windows(source, starts, K, detector, RAW))
    linear = person(scene)
    ideal, _ = measure(linear.points, linear.places(script.units, script.pose), starts, K)
    exact, aligned, head, left, raw_exact = (np.stack(a) for a in zip(*truths, strict=True))
    return Case(
        script.subject,
        condition,
        *(measured, methods, exact, aligned, ideal, head, left),
        *(np.stack([w.features for w in raw]), raw_exact),
        landmark_errors(grey, vertices, detector),
        float(np.mean([320 / w.face.box.width for w in windows if w.face])),
    )


def _as_read(picture: Picture, quality: int) -> Array:
    data = np.frombuffer(as_jpeg(picture, quality), np.uint8)
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
