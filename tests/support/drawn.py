"""The fourth data set with textures for faces, which a made-up detector finds."""

from collections.abc import Iterable
from pathlib import Path

import cv2

from metst.base.executors import Serial
from metst.samples import FlowWindows
from tests.support.faces import FakeDetector, video
from tests.support.fourth import FourthDataModule

DETECTOR = {"class_path": "tests.support.faces.FakeDetector"}

EXPERIMENT = {
    "name": "fourth",
    "data": {
        "class_path": "tests.support.fourth.FourthDataModule",
        "init_args": {
            "batch_size": 4,
            "samples": {
                "class_path": "metst.samples.FlowWindows",
                "init_args": {"k": 8, "ratio": 1.0, "detector": DETECTOR},
            },
        },
    },
    "model": {
        "class_path": "metst.systems.me_tst.module.AnalysisModule",
        "init_args": {
            "lr": 1e-3,
            "spot_weight": 0.9,
            "neutral_factor": 6.0,
            "network": {
                "class_path": "metst.systems.me_tst.network.METST",
                "init_args": {"width": 8, "depth": 2, "state": 4},
            },
        },
    },
    "trainer": {"max_epochs": 1, "accelerator": "cpu"},
    "callbacks": [
        {"class_path": "callbacks.exact_resume.ExactResume"},
        {"class_path": "callbacks.spot_then_recognize.SpotThenRecognize"},
    ],
    "executor": {"workers": 1},
}

SUBJECTS = ("S1", "S2", "S3")
HEAD = "subject,video,onset,apex,offset,emotion\n"


def flow_windows(k: int = 8, ratio: float = 1.0, *, whole_videos: bool = False) -> FlowWindows:
    """Windows of flow on faces that a made-up detector finds."""
    return FlowWindows(k, ratio, whole_videos=whole_videos, detector=FakeDetector())


def write_frames(folder: Path, names: Iterable[str], seed: int) -> None:
    """One frame of a drifting texture per name."""
    folder.mkdir(parents=True)
    files = list(names)
    for name, frame in zip(files, video(seed, len(files)), strict=True):
        assert cv2.imwrite(str(folder / name), frame)


def write_clips(root: Path) -> Path:
    for seed, subject in enumerate(SUBJECTS):
        names = (f"{number:04d}.png" for number in range(64))
        write_frames(root / "clips" / f"{subject}-x", names, seed)
    label(root, SUBJECTS)
    return root


def label(root: Path, subjects: tuple[str, ...]) -> None:
    rows = [f"{s},x,{10 + i},20,{30 + i},joy\n" for i, s in enumerate(SUBJECTS)]
    # An empty line in place of a row: the rows below keep their numbers, which belong to them.
    rows = [row if s in subjects else "\n" for s, row in zip(SUBJECTS, rows, strict=True)]
    (root / "labels.csv").write_text(HEAD + "".join(rows))


def extracted(root: Path, without: list[str] | None = None) -> FourthDataModule:
    data = FourthDataModule(root, root / "cache", flow_windows(), without=without)
    data.source.extract(Serial())
    return data
