"""A video, analyzed: curves, intervals with emotions, and what its reader should know."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray

from metst.base.progress import progress
from metst.datasets.labels import Recording, Timebase
from metst.features.followed_face import FollowedFace
from metst.intervals.decoder import Decoder, get_decoder
from metst.intervals.spotting import Smoothed, peak_threshold
from metst.intervals.stitching import Curves, WindowOutputs
from metst.predict.loading import load_model
from metst.predict.measuring import Shot, shots
from metst.predict.model import About, Model, outputs
from metst.predict.places import title
from metst.predict.released import Assumptions
from metst.predict.training import training_note
from metst.report.timeline import Timeline, draw_timeline
from metst.scoring.pooling import PUBLISHED
from metst.video.clip import Survey, survey
from metst.video.detectors import face_detector
from metst.video.times import sampled

_log = logging.getLogger(__name__)

FIRST = 1
"""Number of a video's first frame in outputs, as in the data sets."""

LISTED = 20
"""Most cuts that a note lists."""


@dataclass(frozen=True)
class Interval:
    """A spotted micro-expression; frames are numbers in the video, from `FIRST`, both inclusive.

    Attributes:
        onset_seconds: when the onset frame is shown; apex and offset alike.
        score: height of the smoothed score at the apex.
        probabilities: mean class probabilities, in the order of `About.classes`.
    """

    onset: int
    apex: int
    offset: int
    onset_seconds: float
    apex_seconds: float
    offset_seconds: float
    emotion: str
    score: float
    probabilities: tuple[float, ...]


@dataclass(frozen=True)
class Analysis:
    """WindowOutputs of networks for a video; curves have the networks' frame rate.

    Attributes:
        path: the video.
        about: the networks.
        intervals: in the order of time.
        frames: (T,) frame of the video that each place of the curves stands for, from `FIRST`.
        seconds: (T,) when it is shown.
        score: (T,) spotting score in [0, 1].
        smoothed: (T,) the curve in which peaks are sought.
        threshold: least height of a peak: that of the spotting rule, or the networks' floor where
            that is higher.
        probabilities: (T, E + 1) class probabilities.
        shots: as they were measured.
        notes: what a reader should know about the networks and the video.
    """

    path: Path
    about: About
    intervals: tuple[Interval, ...]
    frames: NDArray[np.int64]
    seconds: NDArray[np.float64]
    score: NDArray[np.float64]
    smoothed: NDArray[np.float64]
    threshold: float
    probabilities: NDArray[np.float64]
    shots: tuple[Shot, ...]
    notes: tuple[str, ...]

    @property
    def quiet(self) -> str:
        """That nothing in the video stands out; empty where something does."""
        highest = self.smoothed[self.analyzed].max(initial=0.0)
        if highest >= self.threshold or not self.analyzed.any():
            return ""
        return (
            f"probably nothing: the highest score is {highest:.3f}, below the threshold "
            f"{self.threshold:.3f} (the floor: how high the score rises without an ME)"
        )

    def to_dataframe(self) -> pd.DataFrame:
        """One row per interval, as in `intervals.csv`."""
        plain = ["onset", "apex", "offset", *(f"{x}_seconds" for x in ("onset", "apex", "offset"))]
        names = [f"p_{name}" for name in self.about.classes]
        columns = [*plain, "emotion", "score", "threshold", *names, "model"]
        rows = [
            [
                *(getattr(x, name) for name in plain),
                *(x.emotion, x.score, self.threshold, *x.probabilities, self.about.name),
            ]
            for x in self.intervals
        ]
        return pd.DataFrame(rows, columns=columns)

    @property
    def analyzed(self) -> NDArray[np.bool_]:
        """(T,) whether networks looked at the frame: a face was followed in a whole window."""
        return np.concatenate([shot.seen(self.about.k) for shot in self.shots])

    def plot(self) -> Figure:
        """Score, probabilities and intervals over time; blank where nothing was analyzed."""
        video = title(self.path)
        recording = Recording(self.about.name, video, len(self.score), Timebase(self.about.fps))
        places = {frame: place + 1 for place, frame in enumerate(self.frames.tolist())}
        table = self.to_dataframe()
        for column in ("onset", "apex", "offset"):
            table[column] = [places[frame] for frame in table[column]]
        curves = self.score, self.smoothed, self.threshold, self.probabilities
        cuts = tuple(shot.first for shot in self.shots[1:])
        return draw_timeline(
            Timeline(
                *(recording, *curves, table, self.about.emotions, cuts, self.analyzed),
                annotated=False,
            )
        )


def analyze(
    video: Path | str,
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
        video: a video file, or a folder of images in the order of their names.
        checkpoint: see `metst.predict.load_model`; None takes a demonstration.
        fold: the one fold of a run that is taken.
        fps: frames per second of an image folder (default: the checkpoint's), or of a file whose
            time stamps are wrong.
        floor: least height of a find, in place of the one learned with the networks; 0 for none.
        assume: data set that an authors' checkpoint was trained on, `casme3` (default) or `sammlv`;
            it carries no such facts. k_p and frame rate follow.
        k_p: half the mean ME length in frames, for an authors' checkpoint.
        model_fps: frames per second that an authors' checkpoint was trained at.

    Raises:
        MetstError: the video or the checkpoint cannot be read, or is damaged.
        ConfigError: contradicting arguments.
    """
    place = None if checkpoint is None else Path(checkpoint)
    model = load_model(place, fold, Assumptions(assume, k_p, model_fps), floor)
    analysis = analyze_with(model, Path(video), fps)
    note = training_note(Path(video), place, fold)
    return replace(analysis, notes=(*analysis.notes, note)) if note else analysis


def analyze_with(model: Model, video: Path, fps: float | None = None) -> Analysis:
    """`analyze` with networks that are there already."""
    about = model.about
    rate = about.fps if fps is None and video.is_dir() else fps
    found = survey(video, rate)
    indices = sampled(found.seconds, about.fps)
    detector = FollowedFace(face_detector(about.detector))
    with progress(title(video), len(indices), "frames") as advance:
        measured = tuple(shots(found, indices, about, detector, advance))
    decoder = get_decoder("strict", k=about.k, peak=about.peak)
    curves = _mean([_curves(decoder, o, measured, about.k) for o in _outputs(model, measured)])
    smoothed, _ = decoder.spotting_curve(curves, about.k_p)
    threshold = max(_whole(smoothed, about.peak), about.floor or 0.0)
    notes = (*found.notes, *_notes(found, indices, about, measured, detector))
    for note in notes:
        _log.warning("%s: %s", title(video), note)
    return Analysis(
        video,
        about,
        _intervals(decoder, curves, measured, about, threshold, indices, found),
        indices + FIRST,
        found.seconds[indices],
        _joined(curves.score, curves.lengths),
        _joined(smoothed.values, curves.lengths),
        threshold,
        _joined(curves.logits.softmax(dim=-1), curves.lengths),
        measured,
        (*about.notes, *notes),
    )


def _outputs(model: Model, measured: Sequence[Shot]) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Of each network, for the windows of all shots."""
    windows = [w.features for shot in measured for w in shot.windows]
    channels = model.networks[0].config["channels"]
    flow = np.stack(windows) if windows else np.zeros((0, channels, model.about.k), np.float32)
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
    """Mean score and mean probabilities of several networks; of one, its own curves."""
    if len(several) == 1:
        return several[0]
    score = torch.stack([c.score for c in several]).mean(0)  # (V, L)
    probabilities = torch.stack([c.logits.softmax(dim=-1) for c in several]).mean(0)
    return Curves(score, probabilities.log(), several[0].lengths)  # softmax undoes the logarithm


def _whole(smoothed: Smoothed, peak: float) -> float:
    """Height that a peak needs within the whole video: the threshold's rule over all shots."""
    values = torch.from_numpy(_joined(smoothed.values, smoothed.lengths))[None]  # (1, T)
    return float(peak_threshold(Smoothed(values, torch.tensor([values.shape[1]])), peak))


def _joined(values: torch.Tensor, lengths: torch.Tensor) -> NDArray[np.float64]:
    """Shots (V, L, ...) one after the other (T, ...)."""
    rows = [row[:length].numpy() for row, length in zip(values, lengths.tolist(), strict=True)]
    return np.concatenate(rows)


def _intervals(
    decoder: Decoder,
    curves: Curves,
    measured: Sequence[Shot],
    about: About,
    threshold: float,
    indices: NDArray[np.int64],
    found: Survey,
) -> tuple[Interval, ...]:
    """Candidates that are high within their shot and within the video, where a face was seen."""
    recordings = [shot.recording for shot in measured]
    proposals = decoder.propose(curves, recordings, about.k_p)
    assert proposals.probabilities is not None  # networks name emotions
    labels = proposals.labels[PUBLISHED].tolist()
    seen = [shot.seen(about.k) for shot in measured]
    kept: list[Interval] = []
    for i, (shot, apex) in enumerate(
        zip(proposals.video.tolist(), proposals.apex.tolist(), strict=True)
    ):
        score = float(proposals.score[i])
        if not seen[shot][apex] or score < threshold:
            continue
        ends = int(proposals.onset[i]), apex, int(proposals.offset[i])
        frames = indices[[measured[shot].first + frame for frame in ends]].tolist()
        onset, middle, offset = (frame + FIRST for frame in frames)
        times = found.seconds[frames].tolist()
        kept.append(
            Interval(
                *(onset, middle, offset),
                *(times[0], times[1], times[2]),
                emotion=about.classes[labels[i]],
                score=score,
                probabilities=tuple(proposals.probabilities[i].tolist()),
            )
        )
    return tuple(kept)


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
    short = [shot for shot in measured if not shot.windows]
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
