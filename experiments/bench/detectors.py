"""Detectors of faces beside each other, on rendered heads whose landmarks are known.

    python -m experiments.bench.detectors

Frames are drawn at random from scripts of `heads-dev`, as its camera sees them, without H.264.
Errors are lengths in % of the distance of the outer corners of the eyes: that from the truth, and
that from the mean error of each point (scatter). Jitter is how far the landmarks of a still face,
as ROI flow takes them in the first frame of a window, lie from their mean (root mean square), while
sensor noise alone changes. Rotation and size are those up to which a face of median luck is found.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import cv2
import numpy as np

from metst.base.randomness import generator
from metst.datasets.generated.filming import Picture, as_jpeg
from metst.datasets.heads.camera import noisy
from metst.datasets.heads.dataset import NAMED
from metst.datasets.heads.landmarks import LANDMARKS
from metst.datasets.heads.render.film import moment, scene_of
from metst.datasets.heads.render.scene import Scene
from metst.datasets.heads.render.shade import display
from metst.datasets.heads.script import VideoScript, write_plans, write_script
from metst.features.roi_flow.crop import FaceFinder
from metst.predict.following import in_frame
from metst.video import ArrayFrames, Frame
from metst.video.detectors import DETECTORS, face_detector
from metst.video.face import FaceDetector, Landmarks, width

Seen = tuple[Frame, Landmarks, bool]
"""A frame, its true landmarks, and whether the face looks at the camera."""

Face = tuple[Frame, Landmarks]
"""A frame and its true landmarks."""

Clip = tuple[Frame, float]
"""Frames (T, H, W) of a still face, and the distance of its eyes in pixels."""

OPTIONS = NAMED["heads-dev"]
EACH = 25  # frames of each person
FRONTAL = np.radians(15)  # greatest yaw and pitch of a frontal face
PARTS = {
    "brows": range(17, 27),
    "bridge": range(27, 31),
    "mouth": range(48, 68),
    "jaw": range(17),
}
CANVAS = (720, 1280)
SIZES = range(120, 25, -5)  # widths of a face, px
ROLLS = range(0, 95, 5)  # degrees
NOISES = (3, 8)  # standard deviation, grey levels
SMOOTH = (0, 2)
WINDOWS, SPAN = 12, 5  # windows of a still face, frames from one to the next
STILL = 5  # people who keep still


def main() -> None:
    """Measure and print."""
    description = __doc__.splitlines()[0] if __doc__ else None
    argparse.ArgumentParser(description=description).parse_args()
    cv2.setNumThreads(1)
    people = list(scripts())
    frames = [each for script in people for each in seen(script)]
    stills = [still(script) for script in people[:STILL]]
    columns = [list(rows(face_detector(name), frames, stills)) for name in DETECTORS]
    print(f"{'':<44}" + "".join(f"{name:>22}" for name in DETECTORS))
    for cells in zip(*columns, strict=True):
        print(f"{cells[0][0]:<44}" + "".join(f"{value:>22}" for _, value in cells))


def rows(
    detector: FaceDetector, frames: Sequence[Seen], stills: Sequence[Mapping[int, Clip]]
) -> Iterator[tuple[str, str]]:
    """What is measured, and the figures of one detector."""
    found = [detector.detect(grey) for grey, _, _ in frames]
    frontal = [face for face, each in zip(found, frames, strict=True) if each[2]]
    counts = ", ".join(str(sum(f is not None for f in some)) for some in (frontal, found))
    yield f"found of {len(frontal)} frontal frames, of all {len(frames)}", counts
    some = [each[:2] for each in frames if each[2]][::EACH]
    yield "smallest face found in 1280 x 720, px", str(furthest(detector, some, SIZES, small))
    yield "turned in the image up to, degrees", str(furthest(detector, some, ROLLS, rolled))
    pairs = zip(found, frames, strict=True)
    errors = np.array(
        [(face - true) / eyes(true) for face, (_, true, _) in pairs if face is not None]
    )
    for title, center in (("error", 0), ("scatter", errors.mean(axis=0))):
        lengths = np.linalg.norm(errors - center, axis=2).mean(axis=0)  # (68,)
        values = ", ".join(f"{100 * lengths[list(part)].mean():.1f}" for part in PARTS.values())
        yield f"{title} of {', '.join(PARTS)}, %", values
    for smooth in SMOOTH:
        values = ", ".join(f"{100 * jitter(detector, stills, n, smooth):.2f}" for n in NOISES)
        yield f"jitter at noise {', '.join(map(str, NOISES))} with smooth {smooth}, %", values


def scripts() -> Iterator[VideoScript]:
    """The first video of each person."""
    plans = {plan.subject: plan for plan in reversed(write_plans(OPTIONS))}
    yield from (write_script(OPTIONS, plans[subject]) for subject in sorted(plans))


def seen(script: VideoScript) -> Iterator[Seen]:
    """A person in random frames, as they are stored."""
    scene, rng = scene_of(OPTIONS, script.subject), generator(0, "detectors", script.subject)
    for number in rng.choice(script.frames, EACH, replace=False).tolist():
        picture, true = shown(scene, script, number)
        (stored,) = noisy(number, script, [picture])
        data = np.frombuffer(as_jpeg(stored, script.camera.jpeg), np.uint8)
        frontal = bool((np.abs(script.pose[number, :2]) < FRONTAL).all())
        yield np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8), true, frontal


def still(script: VideoScript) -> dict[int, Clip]:
    """The first frame over and over, by its noise."""
    picture, true = shown(scene_of(OPTIONS, script.subject), script, 0)
    clips = {}
    for noise in NOISES:
        noised = replace(script, camera=replace(script.camera, noise=noise))
        frames = noisy(0, noised, [picture] * (WINDOWS * SPAN))
        clips[noise] = np.stack([cv2.cvtColor(f, cv2.COLOR_BGR2GRAY) for f in frames]), eyes(true)
    return clips


def shown(scene: Scene, script: VideoScript, number: int) -> tuple[Picture, Landmarks]:
    """A frame before the camera, and its true landmarks."""
    at, picture = moment(script, number), np.empty((scene.size, scene.size, 3), np.uint8)
    display(scene.picture(at), picture)
    return picture, scene.places(scene.vertices(at))[list(LANDMARKS), :2] - 0.5


def eyes(landmarks: Landmarks) -> float:
    """Distance of the outer corners of the eyes."""
    return float(np.linalg.norm(landmarks[45] - landmarks[36]))


def furthest(
    detector: FaceDetector,
    faces: Sequence[Face],
    steps: Sequence[int],
    changed: Callable[[Face, int], Frame],
) -> int:
    """The last step up to which a face is found, of the face in the middle of all."""

    def last(face: Face) -> int:
        """Place of the first step without a face."""
        found = (detector.detect(changed(face, step)) is not None for step in steps)
        return next((place for place, is_found in enumerate(found) if not is_found), len(steps))

    return steps[max(int(np.median([last(face) for face in faces])) - 1, 0)]


def small(face: Face, pixels: int) -> Frame:
    """A grey image with a face so wide in its middle."""
    grey, true = face
    scale, image = pixels / width(true), np.full(CANVAS, 90, np.uint8)
    less = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    top, left = ((whole - part) // 2 for whole, part in zip(CANVAS, less.shape, strict=True))
    image[top : top + less.shape[0], left : left + less.shape[1]] = less
    return image


def rolled(face: Face, degrees: int) -> Frame:
    """The image turned around the nose."""
    grey, true = face
    turn = cv2.getRotationMatrix2D(true[30].tolist(), degrees, 1)
    flags = {"borderMode": cv2.BORDER_REPLICATE}
    return np.asarray(cv2.warpAffine(grey, turn, grey.shape[::-1], **flags), np.uint8)


def jitter(
    detector: FaceDetector, stills: Sequence[Mapping[int, Clip]], noise: int, smooth: int
) -> float:
    """Deviation of a landmark between windows, in distances of the eyes; root mean square."""
    squares = []
    for clip, unit in (each[noise] for each in stills):
        finder = FaceFinder(ArrayFrames(clip), detector, smooth=smooth)
        places = []
        for start in range(SPAN // 2, len(clip), SPAN):
            index, face = finder.find(start) or (start, None)
            places += [] if face is None else [in_frame(face.landmarks, face, clip[index])]
        squares.append(np.var(places, axis=0).sum(axis=1) / unit**2)  # (68,)
    return float(np.sqrt(np.mean(squares)))


if __name__ == "__main__":
    main()
