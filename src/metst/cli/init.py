"""`metst init DIR`: a first experiment for a folder of videos with labels."""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from jsonargparse import ArgumentParser

from metst.base.errors import ConfigError
from metst.base.files import check_place, folder_name, write_atomic
from metst.base.names import first_few
from metst.base.settings import require
from metst.datasets.folder.guess import WINDOW, Draft, draft_of
from metst.datasets.folder.options import CHOOSE
from metst.runner.arguments import parse

_SYSTEM = """\
model:
  class_path: metst.systems.me_tst.module.AnalysisModule
  init_args:
    lr: 3.0e-3
    spot_weight: 0.9
    neutral_factor: 6.0
    network:
      class_path: metst.systems.me_tst.network.METST
      init_args:
        width: 24
        depth: 2
        state: 16
        expand: 2
        drop_path: 0.0
        pathways: shared

trainer:
  max_epochs: 30
  accelerator: auto

callbacks:
  - class_path: callbacks.exact_resume.ExactResume
  - class_path: callbacks.spot_then_recognize.SpotThenRecognize
  - class_path: callbacks.timelines.Timelines
"""
"""ME-TST, small enough for a laptop: that of experiments/systems/compact.yaml."""


def run(arguments: Sequence[str]) -> int:
    """Write the YAML; 1 if something in it is left to be chosen, such as where no row fits."""
    parser = ArgumentParser(prog="metst init", exit_on_error=False, allow_abbrev=False)
    parser.add_argument("folder", type=Path, help="holds the videos and their labels")
    parser.add_argument("--name", type=str | None, help="of the data set; default: the folder's")
    parser.add_argument(
        "--out", type=Path | None, help="the YAML; default: NAME.yaml, in experiments/ if it exists"
    )
    parser.add_argument("--window", type=float, default=round(WINDOW, 2), help="seconds, about")
    parser.add_argument("--fps", type=float | None, help="frames per second, where files lack it")
    config = parse(parser, arguments)
    require("--window", config.window, 0 < config.window < 3600, "seconds above 0")
    name = folder_name(config.name or _name(config.folder), "--name")
    place = Path("experiments") if Path("experiments").is_dir() else Path()
    out = config.out or place / f"{name}.yaml"
    if out.exists():
        msg = f"{out}: expected no such file yet; give another --name or --out, or delete it"
        raise ConfigError(msg)
    check_place(out, "--out")
    draft = draft_of(config.folder)
    if config.fps is not None:
        require("--fps", config.fps, 0 < config.fps < 1e6, "frames per second above 0")
        draft = replace(draft, rates=[config.fps])
    text = experiment(draft, name, config.folder, out, config.window)
    write_atomic(out, text.encode())
    left = text.count(f": {CHOOSE}")
    sys.stdout.write("\n".join(_summary(draft, out, left)) + "\n")
    return 1 if left else 0


def experiment(draft: Draft, name: str, root: Path, out: Path, window: float) -> str:
    """The YAML of an experiment with ME-TST, small enough for a laptop."""
    labels, k = draft.labels, draft.k(window)
    rate = (draft.fps or 30.0) / draft.skip
    fps = f"{draft.fps:.7g}" if draft.fps else CHOOSE
    return f"""\
# metst check --config {out}
# metst loso --config {out}
#
# Written by metst init; what it could not guess is marked {CHOOSE}.
name: {_text(name)}
seed: 100

data:
  class_path: datamodules.folder.FolderDataModule
  init_args:
    root: {_text(str(root))}
    cache: data/cache
    suppress: []       # findings of metst check that you accept
    batch_size: 8
    folder:
      name: {_text(name)}
      # {_counts(draft)}
      videos: {_text(draft.videos)}
      fps: {fps}
      skip: {draft.skip}          # of so many frames one is analyzed
      first: {draft.first}         # number of a video's first frame in the labels
      labels: {_text(labels.place)}
      unit: {labels.unit}    # of onset, apex and offset: frames, seconds or milliseconds
      columns:{_map(labels.columns)}
      # micro, macro, blink, or null to leave out; "Micro..." and "Macro..." need no entry
      kinds:{_map(labels.kinds)}
      # negative, positive, surprise, others, or null to leave out
      emotions:{_map(labels.emotions)}
    samples:
      class_path: metst.samples.FlowWindows
      init_args:
        k: {k}          # {k / rate:.2f} s at {rate:.4g} frames/s; even
        ratio: 4.0     # negative windows per positive one
        detector: mesh

{_SYSTEM}"""


def _name(folder: Path) -> str:
    return re.sub(r"\W+", "-", folder.resolve().name).strip("-").lower()


def _text(text: str) -> str:
    """A text as YAML; `CHOOSE` without quotes."""
    return text if text == CHOOSE else json.dumps(text, ensure_ascii=False)


def _map(entries: Mapping[str, str]) -> str:
    lines = "".join(f"\n        {_text(name)}: {_text(value)}" for name, value in entries.items())
    return lines or " {}"


def _counts(draft: Draft) -> str:
    keys = list(draft.found.values())
    subjects = len({subject for subject, _ in keys})
    return f"{len(keys)} videos of {subjects} subjects, such as video {keys[0][1]} of {keys[0][0]}"


def _summary(draft: Draft, out: Path, left: int) -> Iterator[str]:
    yield f"videos: {draft.videos}: {_counts(draft)}"
    if draft.unfit:
        yield f"not taken: {first_few([str(path) for path in draft.unfit])}"
    if draft.beside:
        taken = first_few([str(path) for path in draft.beside])
        yield f"folders of images, not taken as there are video files: {taken}"
    yield from (f"not read: {reason}" for reason in draft.labels.unread)
    yield f"labels: {draft.labels.place}, in {draft.labels.unit}; {draft.labels.rows}".rstrip("; ")
    if draft.labels.others:
        yield f"other label files, not taken: {first_few([str(p) for p in draft.labels.others])}"
    if len(rates := Counter(draft.rates)) > 1:
        several = ", ".join(f"{count} at {rate:g}" for rate, count in rates.most_common())
        yield f"frame rates differ ({several}): all are read as if at {draft.fps:g} frames/s"
    yield f"wrote {out}"
    if not draft.fps:
        yield "images carry no time: give --fps, from which also the windows follow"
    if left:
        yield f"left to you: {left}; replace each {CHOOSE} in {out}, then"
    yield f"look at it: metst check --config {out}"
    yield f"run it: metst loso --config {out}"
