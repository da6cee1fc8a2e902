"""From a video and networks to its analysis."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from metst.base.progress import progress
from metst.features.followed_face import FollowedFace
from metst.intervals.decoder import Decoder
from metst.intervals.spotting import Smoothed
from metst.intervals.stitching import Curves, WindowOutputs
from metst.predict.analysis import FIRST, Analysis, joined, kept_intervals
from metst.predict.images import analyze_images
from metst.predict.loading import load_model
from metst.predict.measuring import Shot, shots
from metst.predict.model import About, Model, outputs
from metst.predict.places import title
from metst.predict.released import Assumptions
from metst.predict.spotters import SpotterModel
from metst.predict.training import training_note
from metst.video import ArrayFrames
from metst.video.clip import Survey, survey
from metst.video.detectors import face_detector
from metst.video.times import sampled

_log = logging.getLogger(__name__)

LISTED = 20
"""Most cuts that a note lists."""


def analyze(
    video: Path | str | NDArray[np.uint8],
    checkpoint: Path | str | None = None,
    *,
    fold: str | None = None,
    fps: float | None = None,
    floor: float | None = None,
    assume: str | None = None,
    k_p: int | None = None,
    model_fps: float | None = None,
) -> Analysis:
    """Find micro-expressions in a video and name their emotion.

    Args:
        video: a video file, a folder of images in the order of their names, or frames that are in
            memory: uint8, grey (T, H, W) or red, green, blue (T, H, W, 3).
        checkpoint: see `metst.predict.load_model`; None takes a demonstration.
        fold: the one fold of a run that is taken.
        fps: frames per second of an array (needed), of an image folder (default: the checkpoint's),
            or of a file whose time stamps are wrong.
        floor: least height of a find, in place of the one learned with the networks; 0 for none.
        assume: data set that an authors' checkpoint was trained on, `casme3` (default) or `sammlv`;
            it carries no such facts. k_p and frame rate follow.
        k_p: half the mean ME length in frames, for an authors' checkpoint.
        model_fps: frames per second that an authors' checkpoint was trained at.

    Raises:
        MetstError: the video or the checkpoint cannot be read, or is damaged.
        ConfigError: contradicting arguments, or an array of another type or shape.
    """
    place = None if checkpoint is None else Path(checkpoint)
    source = Path(video) if isinstance(video, Path | str) else ArrayFrames(np.asarray(video))
    model = load_model(place, fold, Assumptions(assume, k_p, model_fps), floor)
    analysis = analyze_with(model, source, fps)
    note = training_note(source, place, fold) if isinstance(source, Path) else None
    return replace(analysis, notes=(*analysis.notes, note)) if note else analysis


def analyze_with(
    model: Model | SpotterModel, video: Path | ArrayFrames, fps: float | None = None
) -> Analysis:
    """`analyze` with networks that are there already."""
    about = model.about
    detector = FollowedFace(face_detector(about.detector))  # before the video is read
    rate = about.fps if fps is None and isinstance(video, Path) and video.is_dir() else fps
    found = survey(video, rate)
    indices = sampled(found.seconds, about.fps)
    if isinstance(model, SpotterModel):
        analysis = analyze_images(model, found, indices)
    else:
        analysis = _analyze_windows(model, found, indices, detector)
    for note in analysis.notes[len(about.notes) :]:
        _log.warning("%s: %s", title(found.path), note)
    return analysis


def _analyze_windows(
    model: Model, found: Survey, indices: NDArray[np.int64], detector: FollowedFace
) -> Analysis:
    """Through networks over windows of ROI flow."""
    about = model.about
    with progress(title(found.path), len(indices), "frames") as advance:
        measured = tuple(shots(found, indices, about, detector, advance))
    decoder = about.decoder
    curves = _mean([_curves(decoder, o, measured, about.k) for o in _outputs(model, measured)])
    smoothed, _ = decoder.spotting_curve(curves, about.k_p)
    threshold = max(_whole(smoothed, decoder), about.floor or 0.0)
    recordings = [shot.recording for shot in measured]
    proposals = decoder.propose(curves, recordings, about.k_p)
    notes = (*found.notes, *_notes(found, indices, about, measured, detector))
    return Analysis(
        found.path,
        about,
        kept_intervals(proposals, measured, about, threshold, indices, found),
        indices + FIRST,
        found.seconds[indices],
        found.seconds,
        joined(curves.score, curves.lengths),
        joined(smoothed.values, curves.lengths),
        threshold,
        joined(curves.logits.softmax(dim=-1), curves.lengths),
        measured,
        (*about.notes, *notes),
    )


def _outputs(model: Model, measured: Sequence[Shot]) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Of each network, for the windows of all shots."""
    windows = [w.features for shot in measured for w in shot.windows]
    nothing = np.zeros((0, model.about.rois.channels, model.about.k), np.float32)
    flow = np.stack(windows) if windows else nothing
    return outputs(model, torch.from_numpy(flow))


def _curves(
    decoder: Decoder,
    windows: tuple[torch.Tensor, torch.Tensor],
    measured: Sequence[Shot],
    k: int,
) -> Curves:
    recordings = tuple(shot.recording for shot in measured)
    return decoder.curves(
        WindowOutputs(*windows, tuple(len(s.windows) for s in measured), recordings, k)
    )


def _mean(several: Sequence[Curves]) -> Curves:
    """Mean score (V, L) and mean logits of several networks; of one, its own curves.

    Of logits, as they keep their meaning: at 0 BoostingVRME knows neither way.
    """
    score = torch.stack([c.score for c in several]).mean(0)
    return Curves(score, torch.stack([c.logits for c in several]).mean(0), several[0].lengths)


def _whole(smoothed: Smoothed, decoder: Decoder) -> float:
    """Height that an interval needs within the whole video: the decoder's rule over all shots."""
    values = torch.from_numpy(joined(smoothed.values, smoothed.lengths))[None]  # (1, T)
    return float(decoder.height(Smoothed(values, torch.tensor([values.shape[1]]))))


def _notes(
    found: Survey,
    indices: NDArray[np.int64],
    about: About,
    measured: Sequence[Shot],
    detector: FollowedFace,
) -> list[str]:
    """What a reader should know about how this was measured."""
    notes: list[str] = []
    if len(indices) != len(found.seconds):
        notes.append(
            f"the video has {found.rate:.4g} frames/s, the networks learned {about.fps:.4g}: "
            "each instant is taken from the frame nearest in time"
        )
    if found.cuts:
        first = [str(cut + FIRST) for cut in found.cuts[:LISTED]]
        numbers = ", ".join([*first, *["..."] * (len(found.cuts) > LISTED)])
        notes.append(f"{len(found.cuts)} cuts (frames {numbers}); shots are analyzed apart")
    short = [shot for shot in measured if shot.short]
    if short:
        notes.append(f"{len(short)} shots are shorter than {about.k} frames: nothing is spotted")
    windows = [w for shot in measured for w in shot.windows]
    blind = sum(w.face is None for w in windows)
    if blind:
        notes.append(f"no face in {blind} of {len(windows)} windows: nothing is spotted there")
    if detector.most > 1:
        notes.append(f"up to {detector.most} faces at once: the largest was followed")
    if detector.lost:
        notes.append(f"the followed face was gone {detector.lost} times; another was taken up")
    return notes
