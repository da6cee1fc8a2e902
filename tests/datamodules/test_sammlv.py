"""SAMM Long Videos from a tree of the real layout to recordings and targets."""

from pathlib import Path

import numpy as np
import pytest

from datamodules.sammlv import SAMMLVDataModule
from metst.base.errors import DataError
from metst.base.executors import Serial
from metst.datasets.sammlv import SAMMLV
from metst.samples.targets import video_targets
from metst.video import FrameList
from tests.support.drawn import flow_windows, write_frames
from tests.support.label_tables import samm_labels
from tests.support.xls import Value

K = 4
SKIP = 7
FRAMES = {"007_1": 60, "006_2": 71, "006_1": 92}  # in no order, 200 per second
ROWS: list[tuple[Value, ...]] = [
    ("006", "006_1_2", 1, 36, 50, 78, 43, "Micro - 1/2", "12", None),
    ("006", "006_1_7", 1, 80, 85, 90, 11, "Macro", "12", None),
    (7, "007_1_3", 1, 15, -1, 43, 29, "Micro - 1/2", "4", None),
]  # fmt: skip
FACS: list[tuple[Value, ...]] = [
    ("007", "007_1_3", 1, 15, -1, 43, 29, "Micro - 1/2", "4", "Other", 1, None),
    ("006", "006_1_2", 1, 36, 50, 78, 43, "Micro - 1/2", "12", "Happiness", 3, None),
]  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> SAMMLVDataModule:
    """The data set with its flow, measured on made-up faces."""
    root = tmp_path_factory.mktemp("sammlv")
    samm_labels(root, ROWS, FACS)
    for seed, (video, frames) in enumerate(FRAMES.items()):
        names = (f"{video}_{number:05d}.jpg" for number in range(1, frames + 1))
        write_frames(root / "SAMM_longvideos" / video, names, seed)
    (root / "SAMM_longvideos" / "notes").mkdir()
    data = SAMMLVDataModule(root, root / "cache", flow_windows(K))
    data.source.locate()
    data.source.extract(Serial())
    return data


def test_leading_zeros_are_part_of_a_subject(data: SAMMLVDataModule) -> None:
    assert data.source.subjects() == ("006", "007")
    assert [(r.subject, r.video) for r in data.source.recordings()] == [
        ("006", "006_1"),
        ("006", "006_2"),
        ("007", "007_1"),
    ]


def test_every_seventh_image_counts(data: SAMMLVDataModule) -> None:
    assert [r.frames for r in data.source.recordings()] == [
        14,
        11,
        9,
    ]  # 92, 71, 60 divided and rounded up
    numbers = [int(path.stem[-5:]) for path in data.source.frames("006", "006_1")]
    assert numbers == list(range(1, 93, SKIP))


def test_intervals_are_own_frames_outside_and_sub_sampled_inside(data: SAMMLVDataModule) -> None:
    happy, _, other = (r.expressions for r in data.source.recordings())
    assert [(e.kind, e.onset, e.apex, e.offset, e.emotion) for e in happy] == [
        ("micro", 36, 50, 78, "positive"),
        ("macro", 80, 85, 90, None),
    ]
    assert (other[0].apex, other[0].emotion) == (None, "others")
    fold = data.choose("007", 100)
    (first, *_) = data.source.recordings()
    (target,) = video_targets([first], fold, "strict", shuffled=False)
    # Own frames 36 and 78 are sub-sampled frames 5 and 11; what lies between them is the target.
    assert np.flatnonzero(target.spot).tolist() == [6, 7, 8, 9, 10]
    assert set(target.emotion[6:11].tolist()) == {1}


def test_three_classes_are_published() -> None:
    assert SAMMLV.analyzed() == ("negative", "positive", "surprise")


def test_missing_data_are_told_with_the_mend(tmp_path: Path) -> None:
    data = SAMMLVDataModule(tmp_path, tmp_path / "cache", flow_windows(K))
    with pytest.raises(DataError, match=r"request SAMM Long Videos.*make loso") as reported:
        data.source.locate()
    assert str(tmp_path / "SAMM_longvideos") in str(reported.value)


def test_strays_move_no_frame(data: SAMMLVDataModule) -> None:
    before = data.source.frames("006", "006_2")
    folder = SAMMLV.videos_folder(data.source.root) / "006_2"
    strays = [folder / name for name in ("006_2_00009 (1).jpg", "006_1_00001.jpg", "006_2_9.jpg")]
    for path in strays:
        path.touch()
    after = data.source.frames("006", "006_2")
    for path in strays:
        path.unlink()
    assert after == before
    assert isinstance(after, FrameList)
    assert sorted(code for code, _ in after.remarks) == ["odd-name", "odd-name", "same-number"]
