"""A data set with flow from the first frame of each window, and from frame to frame."""

from pathlib import Path

import numpy as np
import pytest

from datamodules.features import FeatureDataModule
from metst.base.executors import Serial
from metst.features.cache import FlowCache
from metst.features.roi_flow import Reference, flow_spec
from tests.support.drawn import DrawnFaces, write_frames

K = 8


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_frames(tmp_path / "clips" / "S1-x", (f"{number:04d}.png" for number in range(40)), 0)
    (tmp_path / "labels.csv").write_text("subject,video,onset,apex,offset,emotion\n")
    return tmp_path


def extracted(root: Path, reference: Reference) -> FeatureDataModule:
    data = DrawnFaces(root, root / "cache", K, ratio=1.0, batch_size=4, reference=reference)
    data.extract(Serial())
    return data


def test_each_reads_its_own_flow(root: Path) -> None:
    window, previous = extracted(root, "window"), extracted(root, "previous")
    cache = FlowCache(root / "cache" / "fourth")
    detector = DrawnFaces.detector
    entries = {
        reference: cache.read(flow_spec(K, detector, reference=reference), "S1", "x")
        for reference in ("window", "previous")
    }
    assert (entries["window"].windows != entries["previous"].windows).any()
    np.testing.assert_array_equal(entries["window"].starts, entries["previous"].starts)
    assert window.identity() != previous.identity()
    assert [r.frames for r in window.recordings()] == [r.frames for r in previous.recordings()]
    assert set(previous.explain().values()) == {None}
