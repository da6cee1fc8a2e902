"""A made-up run: as large as one likes, in a second, with curves as noisy as a real one's."""

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import torch
from lightning.pytorch import LightningDataModule
from numpy.typing import NDArray
from safetensors.torch import save_file

from metst.datasets.labels import EMOTIONS, Expression, Recording, Timebase
from metst.features.windows import window_starts
from metst.intervals.decoder import DECODERS, get_decoder
from metst.intervals.predictions import proposed_table
from metst.intervals.stitching import Outputs
from metst.results.annotations import write_annotations
from metst.results.frame_curves import write_frame_curves
from metst.results.ledger import RunFolder
from metst.results.tables import write_predictions
from metst.scoring.pooling import pool, write_results

K = 50  # frames per window, CAS(ME)^3
BATCH = 256  # windows per batch, CAS(ME)^3
CHANNELS = 10
TIMEBASE = Timebase(fps=30.0)  # CAS(ME)^3
SPACING = 700  # frames from one annotated ME to the next
LENGTH = 14  # frames of an ME
FALSE = 250  # frames from one false peak to the next, on average
MOVED = 1.5  # crop pixels that an ME moves a region
JITTER, DRIFT = 0.09, 0.03  # crop pixels of measurement noise and of drift, per frame

CONFIG = """\
name: {name}
seed: 100
data:
  class_path: tests.support.made_up.MadeUpData
  init_args:
    run: {run}
model:
  class_path: none
callbacks: []
evaluation:
  iou: 0.5
  kind: micro
"""


class MadeUpData(LightningDataModule):
    """Flow for the recordings of a made-up run, drawn anew from the name of the subject.

    Args:
        run: folder of the run.
    """

    def __init__(self, run: Path) -> None:  # noqa: ARG002 - flow follows from names alone
        super().__init__()

    def identity(self) -> dict[str, str]:
        """Nothing that could change."""
        return {}

    def read(self, recording: Recording) -> SimpleNamespace:
        """Flow windows (W, C, k) of a recording and where they start (W,)."""
        starts = window_starts(recording.frames, K, tail=True)
        return SimpleNamespace(arrays={"windows": _flow(recording), "starts": starts})


def make_run(
    folder: Path, subjects: int, videos: int, frames: int, timebase: Timebase = TIMEBASE
) -> Path:
    """A finished run that nobody ever ran; returns its folder."""
    recordings = tuple(
        _recording(f"sp{s}", f"v{v}", frames, timebase)
        for s in range(subjects)
        for v in range(videos)
    )
    run = RunFolder(folder)
    tables = []
    for subject in dict.fromkeys(r.subject for r in recordings):
        tested = tuple(r for r in recordings if r.subject == subject)
        outputs = _outputs(tested)
        fold = run.fold(subject)
        fold.path.mkdir(parents=True)
        save_file({"score": outputs.score, "logits": outputs.logits}, fold.outputs)
        fold.begin(30)
        fold.finish()
        decoders = [get_decoder(name, k=K, batch_size=BATCH) for name in DECODERS]
        proposals = [d.propose(d.curves(outputs), tested, LENGTH // 2) for d in decoders]
        write_frame_curves(proposals, fold.frame_curves)
        tables.append(proposed_table(proposals, EMOTIONS))
    predictions = pd.concat(tables, ignore_index=True)
    run.config.write_text(CONFIG.format(name=folder.name, run=json.dumps(str(folder))))
    run.data.write_text("{}")
    write_annotations(recordings, run.annotations)
    write_predictions(predictions, run.predictions)
    known = {"emotions": EMOTIONS, "complete": True}
    results = {**pool(predictions, recordings), **known}
    write_results(results, run.results)
    return folder


def _recording(subject: str, video: str, frames: int, timebase: Timebase) -> Recording:
    onsets = range(SPACING // 2, frames - LENGTH, SPACING)
    expressions = []
    for i, onset in enumerate(onsets):
        numbers = [timebase.to_number(onset + part) for part in (0, LENGTH // 2, LENGTH - 1)]
        emotion = EMOTIONS[i % len(EMOTIONS)]
        expressions.append(Expression(subject, video, *numbers, "micro", emotion, "made up"))
    return Recording(subject, video, frames, timebase, tuple(expressions))


def _generator(recording: Recording, what: str) -> np.random.Generator:
    return np.random.default_rng(list(f"{recording.subject}/{recording.video} {what}".encode()))


def _shape(recording: Recording) -> NDArray[np.float64]:
    """1 amid each ME and 0 far from any (T,)."""
    frames = np.arange(recording.frames)
    apexes = [recording.timebase.to_frame(e.apex or e.onset) for e in recording.expressions]
    return sum((np.exp(-(((frames - a) / 5) ** 2)) for a in apexes), np.zeros(len(frames)))


def _flow(recording: Recording) -> NDArray[np.float32]:
    """Flow windows (W, C, k), each measured from its first frame."""
    generator = _generator(recording, "flow")
    shape = (CHANNELS, recording.frames)
    track = generator.normal(0, DRIFT, shape).cumsum(1) + generator.normal(0, JITTER, shape)
    track += MOVED * generator.normal(size=(CHANNELS, 1)) * _shape(recording)
    starts = window_starts(recording.frames, K, tail=True)
    windows = np.stack([track[:, s : s + K] - track[:, s : s + 1] for s in starts])  # (W, C, k)
    return windows.astype(np.float32)


def _outputs(recordings: Sequence[Recording]) -> Outputs:
    """Score and logits of a subject: high where something is annotated, and noisy everywhere."""
    scores, logits, counts = [], [], []
    for recording in recordings:
        generator = _generator(recording, "outputs")
        height = _shape(recording)
        values = generator.normal(0, 0.12, (recording.frames, 1 + len(EMOTIONS) + 1))
        values += generator.normal(0, 0.06, values.shape).cumsum(0) * 0.3
        values[:, 0] += 6 * height * generator.uniform(0.6, 1.2) - 2.8
        values[:, -1] += 3 - 5 * height
        for frame in generator.integers(LENGTH, recording.frames, recording.frames // FALSE):
            values[frame - LENGTH : frame, 0] += generator.uniform(2, 4)
        for i, e in enumerate(recording.expressions):
            onset, offset = (recording.timebase.to_frame(n) for n in (e.onset, e.offset))
            values[onset:offset, 1 + (i + generator.integers(2)) % len(EMOTIONS)] += 3
        starts = window_starts(recording.frames, K, tail=True)
        windows = torch.from_numpy(values.astype(np.float32))[starts[:, None] + np.arange(K)]
        scores.append(windows[..., 0].sigmoid())  # (W, k)
        logits.append(windows[..., 1:])  # (W, k, E + 1)
        counts.append(len(starts))
    return Outputs(torch.cat(scores), torch.cat(logits), tuple(counts), tuple(recordings), K)
