"""A new video through systems that score flow images.

Shapes: V shots, L frames of the longest, N images of all shots.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import pad

from metst.base.progress import progress
from metst.datasets.labels import Recording, Timebase
from metst.features.flow_images import SHAPE
from metst.features.flow_images.face import find_face
from metst.features.roi_flow.windows import NoFaceError
from metst.features.store import Arrays
from metst.intervals.proposals import FrameCurves
from metst.intervals.sampled import sample_curves
from metst.predict.analysis import FIRST, Analysis, joined, kept_intervals
from metst.predict.measuring import Part, Shot, bounds
from metst.predict.places import title
from metst.predict.spotters import SpotterModel, strict_decoder
from metst.samples.image_set import ImageSet
from metst.video.clip import Clip, Survey


@torch.inference_mode()
def analyze_images(model: SpotterModel, found: Survey, indices: NDArray[np.int64]) -> Analysis:
    """Intervals and curves of a video.

    Args:
        model: the systems.
        found: its times and cuts.
        indices: frames that are looked at.
    """
    shots, parts = zip(*_measured(model, found, indices), strict=True)
    recordings = [shot.recording for shot in shots]
    score, logits = _outputs(model, parts)
    counts = [len(arrays["images"]) for arrays in parts]
    _, decoder = strict_decoder(model.systems[0])
    proposals = decoder.propose(sample_curves(score, counts, logits), recordings, model.constants)
    curves = proposals.curves
    assert curves is not None  # micro-expressions have them
    floor = -math.inf if model.about.floor is None else model.about.floor  # scores have no bounds
    threshold = max(float(curves.threshold.min()), floor)
    shown, lengths = _padded(curves, recordings), torch.tensor([r.frames for r in recordings])
    named = bool(model.about.classes)
    return Analysis(
        found.path,
        model.about,
        kept_intervals(proposals, shots, model.about, threshold, indices, found),
        indices + FIRST,
        found.seconds[indices],
        found.seconds,
        joined(shown[0], lengths),
        joined(shown[1], lengths),
        threshold,
        joined(shown[2], lengths) if named else None,
        shots,
        (*model.about.notes, *found.notes, *_notes(shots)),
    )


def _measured(
    model: SpotterModel, found: Survey, indices: NDArray[np.int64]
) -> Iterator[tuple[Shot, Arrays]]:
    """Shot after shot with its arrays; those without a face have blank images."""
    feature = model.samples.feature.at(model.about.fps)
    clip = Clip(found.video, indices)
    with progress(title(found.path), len(indices), "frames") as advance:
        for first, last in bounds(found.cuts, indices):
            shot, frames = Part(clip, first, last - first), last - first
            count = max(0, -(-(frames - feature.k) // feature.every))
            recording = Recording(
                model.about.name, found.path.name, frames, Timebase(model.about.fps)
            )
            seen, arrays = True, _blank(count)
            try:
                face = find_face(shot, feature.detector, feature.images)
                arrays = feature.of_face(shot, face)
            except NoFaceError:
                seen = False
            advance(frames)
            yield Shot(first, recording, np.full(frames, seen and count > 0), count == 0), arrays


def _blank(count: int) -> Arrays:
    limits = np.zeros((count, SHAPE[0], 2), np.float32)
    return {"images": np.zeros((count, *SHAPE), np.float16), "ranges": limits}


def _outputs(model: SpotterModel, parts: Sequence[Arrays]) -> tuple[Tensor, Tensor | None]:
    """Score (N,) and logits of all images, mean over the systems."""
    images = torch.from_numpy(np.concatenate([arrays["images"] for arrays in parts]))
    stored = None
    if model.samples.feature.images == "mean":
        stored = torch.from_numpy(np.concatenate([arrays["ranges"] for arrays in parts]))
    limits = model.samples.limits(images, stored) if len(images) else None
    several = [s.scored(ImageSet(images, (), (0, ""), limits=limits)) for s in model.systems]
    score = torch.stack([outputs["score"] for outputs in several]).mean(0)
    if "logits" not in several[0]:
        return score, None
    # softmax undoes the logarithm
    return score, torch.stack([o["logits"].softmax(-1) for o in several]).mean(0).log()


def _padded(curves: FrameCurves, recordings: Sequence[Recording]) -> tuple[Tensor, Tensor, Tensor]:
    """Score, smoothed (V, L) and probabilities (V, L, E + 1), zero behind the last image."""
    longest = max(r.frames for r in recordings)
    missing = max(0, longest - curves.score.shape[1])
    shares = curves.probabilities
    if shares is None:
        shares = curves.score.new_zeros(*curves.score.shape, 0)
    score, smoothed = (pad(x, (0, missing)) for x in (curves.score, curves.smoothed))
    return score, smoothed, pad(shares, (0, 0, 0, missing))


def _notes(shots: Sequence[Shot]) -> list[str]:
    short = sum(shot.short for shot in shots)
    blind = sum(not shot.short and not shot.seen.any() for shot in shots)
    notes = [f"{short} shots are too short for a flow image: nothing is spotted"] if short else []
    if blind:
        notes.append(f"no face in {blind} of {len(shots)} shots: nothing is spotted there")
    return notes
