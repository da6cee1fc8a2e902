"""What a window's frames should answer: ME or not, which emotion, and the class weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from metst.base.errors import ConfigError
from metst.datasets.labels.records import NEUTRAL, Recording
from metst.datasets.labels.samples import Rule, samples
from metst.samples.fold import Fold
from metst.samples.sampling import lenders


@dataclass(frozen=True)
class Targets:
    """What each frame of one video should answer: score (L,) in {0, 1} and class (L,)."""

    spot: NDArray[np.float32]
    emotion: NDArray[np.int64]

    def resized(self, frames: int) -> "Targets":
        """Cut or repeated to another number of frames."""
        return Targets(np.resize(self.spot, frames), np.resize(self.emotion, frames))


def video_targets(
    recordings: Sequence[Recording], fold: Fold, rule: Rule, *, shuffled: bool
) -> list[Targets]:
    """Frame targets of each video; of another one of them where labels are shuffled."""
    targets = [_own(r, fold, rule) for r in recordings]
    if not shuffled:
        return targets
    others = lenders(len(targets), fold.key)
    return [targets[i].resized(r.frames) for i, r in zip(others, recordings, strict=True)]


def _own(recording: Recording, fold: Fold, rule: Rule) -> Targets:
    found, emotions = samples(recording, rule), fold.emotions
    spans = [(s.onset, s.offset) for s in found]
    classes = [emotions.index(s.emotion) for s in found]
    return Targets(*frame_labels(spans, classes, recording.frames, len(emotions)))


def frame_labels(
    samples: Sequence[tuple[int, int]], classes: Sequence[int], length: int, neutral: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Spotting target and emotion class of each frame of a video (the authors' released code).

    Frames strictly between onset and offset are ME frames, hard 0/1; later samples overwrite
    earlier ones, and a sample with `offset - onset < 2` labels nothing.

    Args:
        samples: (onset, offset) of each ME in sub-sampled frames.
        classes: emotion class of each sample; as many as samples.
        length: frames of the video (L).
        neutral: class of all other frames.

    Returns:
        spot (L,) with 1 inside an ME, and emotion (L,) with the neutral class outside.
    """
    spot = np.zeros(length, dtype=np.float32)
    emotion = np.full(length, neutral, dtype=np.int64)
    for (onset, offset), label in zip(samples, classes, strict=True):
        inside = slice(max(0, onset + 1), max(0, offset))
        spot[inside] = 1.0
        emotion[inside] = label
    return spot, emotion


def class_weights(
    counts: Tensor,
    neutral_factor: float,
    missing: Literal["error", "ignore"],
    emotions: Sequence[str],
) -> Tensor:
    """Balanced class weights of the recognition loss, the neutral one times `neutral_factor`.

    w_c = frames / (classes * count_c). The factor is the training side of the synergy: 6 lets the
    recognition pathway learn what an ME is not, 0 leaves neutral frames out of its loss (ME-TST,
    section II-C; the value 6 is the released code's).

    Args:
        counts: (E+1,) frames of each class in the selected training windows.
        neutral_factor: factor on the weight of the last class.
        missing: what to do about a class without frames: refuse, as the authors' code does, or
            give it weight 0 and balance the others.
        emotions: names of the E classes, for messages.

    Raises:
        ConfigError: a class has no frame and `missing` is "error", or no class has any.
    """
    present = counts > 0
    names = (*emotions, NEUTRAL)
    absent = [name for name, there in zip(names, present.tolist(), strict=True) if not there]
    if not bool(present.any()) or (absent and missing == "error"):
        msg = (
            "class weights: expected training frames of every class, got none of "
            f"{', '.join(absent) or 'any class'}; "
            'train on more subjects or choose missing="ignore" to give absent classes weight 0'
        )
        raise ConfigError(msg)
    frames = counts.to(torch.float64)
    weights = frames.sum() / (present.sum() * frames)
    weights = torch.where(present, weights, torch.zeros_like(weights))
    weights[-1] *= neutral_factor
    return weights.to(torch.float32)
