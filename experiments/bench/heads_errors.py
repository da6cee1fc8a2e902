"""Errors of landmarks and flow against the exact truth of rendered heads.

    python -m experiments.bench.heads_errors          # the tables
    python -m experiments.bench.heads_errors --fit    # and the errors as constants

Four people, each in a video of 225 frames of 360 x 360 px with three MEs and a MaE, two of them
speaking; one thing is changed at a time from noise 2, JPEG 95 and usual head motion. Truth is the
motion of the mesh under the very areas that the feature averages. "With reference" is the feature:
head motion followed and subtracted. "Without" is the flow of the same areas in a crop that stays.
All is as released but in the table of flows and alignments.

The constants of `experiments.bench.ideal.noise.FITTED` are what `--fit` prints.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from experiments.bench._heads import CONDITIONS, PEOPLE, RAW, WITHOUT_MOTION, Case, cases
from experiments.bench._heads_fit import fit
from experiments.bench._heads_truth import agreement
from metst.base.executors import Processes, usable_cores
from metst.features.roi_flow import ME_TST_ROIS
from metst.features.roi_flow.alignment import STILL
from metst.features.roi_flow.crop import CROP_SIZE, locate
from metst.features.roi_flow.curve import displacement_curve
from metst.features.roi_flow.track import Track
from metst.video.face import DlibDetector

Array = NDArray[Any]
Curves = Callable[[Case], Array]

PARTS = {"all": range(68), "brows": range(17, 27), "eyes": range(36, 48), "mouth": range(48, 68)}
NAMES = tuple(roi.name for roi in ME_TST_ROIS.rois)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, allow_abbrev=False, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--fit", action="store_true", help="print the constants of the noise model")
    wanted = parser.parse_args()
    measured = measure_all(PEOPLE)
    shown = [[c for c in measured if c.condition == one] for one in CONDITIONS]
    _landmarks(shown)
    for title, flow, truth in (
        ("ROI flow, as the feature uses it (with reference)", _measured, _exact),
        ("ROI flow without the reference", _raw, _raw_exact),
    ):
        _flow(title, shown, flow, truth)
    _methods(shown)
    _reference(shown)
    gains = ", ".join(f"{gain:.2f}" for gain in _photograph())
    print(f"gain of the same region in a photograph moved by 1, 2 and 3 px: {gains}")
    if wanted.fit:
        print("\nFITTED: Final = Errors(")
        print(
            *(f"    {name}={_rounded(v)}," for name, v in asdict(fit(measured)).items()), sep="\n"
        )
        print(")")


def measure_all(people: Sequence[str]) -> list[Case]:
    """Videos of these people under all conditions."""
    outcomes = Processes(min(usable_cores(), len(people))).run(_of_person, people)
    done = {outcome.job: outcome.result for outcome in outcomes}
    return [case for name in people for case in done[name] or ()]


def _of_person(name: str) -> list[Case]:
    return list(cases(name, (*CONDITIONS, *WITHOUT_MOTION)))


def _landmarks(shown: Sequence[Sequence[Case]]) -> None:
    """Bias is that of a point over a video, jitter what is left: RMS over the points."""
    print("dlib's landmarks, % of the distance of the outer corners of the eyes: bias, jitter")
    print(f"{'':<13}" + "".join(f"{part:>14}" for part in PARTS))
    for some in shown:
        row = f"{some[0].condition.name:<13}"
        for part in PARTS.values():
            errors = [case.landmarks[:, list(part)] for case in some]
            bias = _length([e.mean(0) for e in errors])
            jitter = _length([e - e.mean(0) for e in errors])
            row += f"{100 * bias:8.2f}{100 * jitter:6.2f}"
        print(row)


def _length(vectors: Sequence[Array]) -> float:
    squares = np.concatenate([(v**2).sum(axis=-1).ravel() for v in vectors])
    return float(np.sqrt(squares.mean()))


def _rows(shown: Sequence[Sequence[Case]]) -> Iterator[tuple[str, Sequence[Case]]]:
    """Conditions by name, and once more the still heads of the people who do not speak."""
    yield from ((some[0].condition.name, some) for some in shown)
    still = next(some for some in shown if some[0].condition.motion == "none")
    yield "still, silent", still[::2]


def _flow(title: str, shown: Sequence[Sequence[Case]], flow: Curves, truth: Curves) -> None:
    print(f"\n{title}: gain, RMS error in crop px, correlation; x and y together")
    print(f"{'':<13}" + "".join(f"{name:>19}" for name in NAMES))
    for name, some in _rows(shown):
        print(f"{name:<13}" + _areas(some, flow, truth))


def _areas(some: Sequence[Case], flow: Curves, truth: Curves) -> str:
    row = ""
    for area in range(len(NAMES)):
        pair = (
            np.concatenate([of(c)[:, 2 * area : 2 * area + 2, 1:].ravel() for c in some])
            for of in (flow, truth)
        )
        row += "{:7.2f}{:6.2f}{:6.2f}".format(*agreement(*pair))
    return row


def _methods(shown: Sequence[Sequence[Case]]) -> None:
    print("\nThe same by flow and alignment, with reference")
    for some in shown:
        for method in some[0].methods:
            name = f"{some[0].condition.name}, {method.flow}, {method.alignment}"
            print(f"{name:<34}" + _areas(some, lambda c, m=method: c.methods[m], _exact))


def _reference(shown: Sequence[Sequence[Case]]) -> None:
    """How the reference region sees the head, and what whole pixels would do to perfect flow."""
    print(
        "\nhead motion, RMS in crop px; gain of the reference region; were the flow perfect: median"
    )
    print(
        "error by alignment in whole pixels, frames in which that leaves more than 1 px of motion"
    )
    for some in shown:
        head = np.concatenate([c.head[:, :, 1:].ravel() for c in some])
        seen = np.concatenate([c.raw[:, 10:, 1:].ravel() for c in some])
        true = np.concatenate([c.raw_exact[:, 10:, 1:].ravel() for c in some])
        added = np.concatenate([(c.aligned - c.exact)[:, :, 1:].ravel() for c in some])
        left = np.concatenate([c.left[:, 1:].ravel() for c in some])
        row = f"{some[0].condition.name:<13}{np.sqrt(2 * (head**2).mean()):8.2f}"
        row += f"{agreement(seen, true)[0]:8.2f}{np.median(np.abs(added)):10.2f}"
        print(row + f"{(left > STILL).mean():7.0%}")
    scales = [case.scale for some in shown for case in some]
    print(f"crop pixels per pixel of the frame: {min(scales):.2f} to {max(scales):.2f}")


def _photograph() -> list[float]:
    """How much of a shift to the right the reference region of a real face measures."""
    from skimage import data

    grey = cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2GRAY)
    face = locate(grey, DlibDetector())
    assert face is not None
    gains = []
    for pixels in (1, 2, 3):
        moved = np.roll(grey, pixels, axis=1)
        track = Track(0, 2, 0, face, grey, [moved])
        shift = pixels * CROP_SIZE / face.box.width
        gains.append(float(displacement_curve(track, RAW)[10, 1] / shift))
    return gains


def _measured(case: Case) -> Array:
    return case.measured


def _exact(case: Case) -> Array:
    return case.exact


def _raw(case: Case) -> Array:
    return case.raw


def _raw_exact(case: Case) -> Array:
    return case.raw_exact


def _rounded(value: Any) -> Any:  # noqa: ANN401
    """Three digits of every number."""
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return tuple(_rounded(one) for one in value)
    return float(f"{value:.3g}")


if __name__ == "__main__":
    main()
