"""Faces that were not found when the features were extracted."""

from functools import partial
from pathlib import Path

import numpy as np

from metst.datasets.check.lint import check
from metst.datasets.labels.records import Timebase
from metst.features.faces import face_findings
from metst.features.roi_flow import NO_FACE, flow_entry
from metst.features.store import Entry, FeatureSpec, FeatureStore
from tests.support.folders import casme3_video
from tests.support.label_tables import casme3_labels

SPEC = FeatureSpec("roi", 1)


def entry(references: list[int]) -> Entry:
    starts = np.arange(0, 5 * len(references), 5, dtype=np.int64)  # (W,)
    return flow_entry(
        windows=np.zeros((len(references), 10, 10), np.float32),
        starts=starts,
        references=np.array(references, np.int64),
        boxes=np.zeros((len(references), 4), np.int64),
        frames=5 * len(references) + 5,
    )


def test_windows_without_a_face_become_one_finding_per_video(tmp_path: Path) -> None:
    casme3_labels(tmp_path)
    for video in "abc":
        casme3_video(tmp_path, "spNO.1", video, range(1, 31))
    store = FeatureStore(tmp_path / "store")
    store.write(SPEC, "spNO.1", "a", entry([0, 5, 10]))
    store.write(SPEC, "spNO.1", "b", entry([3, 5, NO_FACE, 15]))
    faces = partial(face_findings, store=store, spec=SPEC, timebase=Timebase(30.0))
    report = check("casme3", tmp_path, images="names", faces=faces)
    (found,) = (f for f in report.findings if f.code == "no-face")
    assert (found.subject, found.video, found.frames) == ("spNO.1", "b", (1, 11))
    assert "2 of 4 windows: 1, 11" in found.message
