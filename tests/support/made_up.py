"""A made-up run: as large as one likes, in a second, with curves as noisy as a real one's."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
import yaml
from numpy.typing import NDArray
from safetensors.torch import save_file

from metst.base.errors import DataError
from metst.datasets.base import DataSet
from metst.datasets.labels import EMOTIONS, Expression, Recording, Timebase
from metst.datasets.labels.annotations import Annotations, VideoKey
from metst.datasets.labels.emotions import Emotions
from metst.features.settings import source_of
from metst.features.source import Source
from metst.features.store import Entry
from metst.features.windows import window_starts
from metst.intervals.decoder import DECODERS, get_decoder
from metst.intervals.predictions import proposed_table
from metst.intervals.stitching import WindowOutputs
from metst.results.annotations import read_annotations, write_annotations
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
    root: {run}
    cache: {run}/features
    samples:
      class_path: metst.samples.FlowWindows
      init_args:
        k: 50
model:
  class_path: none
callbacks: []
evaluation:
  iou: 0.5
  kind: micro
"""


class MadeUp(DataSet):
    """The recordings of a made-up run; its features are in the store, its videos nowhere."""

    name = "made-up"
    how_to_get = "Make it up again."
    timebase = TIMEBASE

    def videos_folder(self, root: Path) -> Path:
        """A folder that is not there."""
        return root / "videos"

    def videos(self, root: Path) -> Sequence[VideoKey]:
        """None: there are only features."""
        raise DataError(root, "there are no videos")

    def frames(self, root: Path, subject: str, video: str) -> list[Path]:
        """None."""
        raise DataError(root, f"there are no frames of {subject}/{video}")

    def annotations(self, root: Path, emotions: Emotions | None = None) -> Annotations:  # noqa: ARG002
        """Those of the run folder."""
        recordings = read_annotations(root / "annotations.csv")
        expressions = tuple(e for r in recordings for e in r.expressions)
        return Annotations(self.name, expressions, len(expressions))


class MadeUpData:
    """What the configuration of a made-up run names."""

    dataset = MadeUp()


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
        fold.curves.write_text(_curves(subject))
        fold.finish()
        decoders = [get_decoder(name, k=K, batch_size=BATCH) for name in DECODERS]
        proposals = [d.propose(d.curves(outputs), tested, LENGTH // 2) for d in decoders]
        write_frame_curves(proposals, fold.frame_curves)
        tables.append(proposed_table(proposals, EMOTIONS))
    predictions = pd.concat(tables, ignore_index=True)
    run.config.write_text(CONFIG.format(name=folder.name, run=folder))
    write_annotations(recordings, run.annotations)
    source = source_of(yaml.safe_load(run.config.read_text())["data"])
    for recording in recordings:
        _store_flow(source, recording)
    run.data.write_text(json.dumps(source.identity()))
    write_predictions(predictions, run.predictions)
    known = {"emotions": EMOTIONS, "complete": True}
    results = {**pool(predictions, recordings), **known}
    write_results(results, run.results)
    return folder


def _curves(subject: str) -> str:
    """`curves.csv` of a fold: what it logged in 30 epochs of 8 steps."""
    slow = 1 + len(subject) + int(subject.removeprefix("sp"))
    rows = [f"{e},{2 * slow / (slow + e)},{0.001 * (30 - e)},{8 * e + 7}" for e in range(30)]
    return "\n".join(["epoch,loss,lr,step", *rows]) + "\n"


def _store_flow(source: Source, recording: Recording) -> None:
    starts = window_starts(recording.frames, K, tail=True)
    arrays = {"windows": _flow(recording), "starts": starts}
    entry = Entry(arrays, recording.frames)
    source.store.write(source.spec, recording.subject, recording.video, entry)


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


def _outputs(recordings: Sequence[Recording]) -> WindowOutputs:
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
    return WindowOutputs(torch.cat(scores), torch.cat(logits), tuple(counts), tuple(recordings), K)
