"""CAS(ME)^3 from a tree of the real layout to windows and targets."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from datamodules.casme3 import CASME3DataModule
from metst.base.errors import CacheError, DataError, LabelError
from metst.base.executors import Serial
from metst.datasets.casme3 import Casme3
from tests.support.drawn import flow_windows, write_frames
from tests.support.label_tables import casme3_labels
from tests.support.xls import Value

K = 6
ROWS: list[tuple[Value, ...]] = [
    ("spNO.1", "a", 10, 12, 15, "4", "IV", "disgust"),
    ("spNO.1", "J", 4, 6, 9, "1+2", "II", "Others"),
    ("spNO.1", "j", 12, 14, 17, "1+2", "II", "others"),
    ("spNO.10", "a", 3, 5, 8, "1+2", "II", "surprise"),
]  # fmt: skip
IMAGES = {
    ("spNO.10", "a"): [*range(1, 15)],
    ("spNO.1", "a"): [0, *range(4, 12), *range(13, 21)],  # from 0, and with gaps
    ("spNO.1", "j"): [*range(1, 21)],
    ("spNO.2", "b"): [*range(1, 13)],  # nothing is annotated here
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Videos and label files, to be left as they are."""
    root = tmp_path_factory.mktemp("casme3")
    casme3_labels(root, ROWS)
    for seed, ((subject, video), numbers) in enumerate(IMAGES.items()):
        folder = root / "data" / subject / video / "color"
        write_frames(folder, (f"{n}.jpg" for n in numbers), seed)
    return root


@pytest.fixture(scope="module")
def data(root: Path, tmp_path_factory: pytest.TempPathFactory) -> CASME3DataModule:
    """The data set with its flow, measured on made-up faces."""
    data = module(root, tmp_path_factory.mktemp("cache"))
    data.source.locate()
    data.source.extract(Serial())
    return data


def module(root: Path, cache: Path) -> CASME3DataModule:
    return CASME3DataModule(root, cache, flow_windows(K))


def test_folds_and_videos_come_in_natural_order(data: CASME3DataModule) -> None:
    assert data.source.subjects() == ("spNO.1", "spNO.2", "spNO.10")
    videos = [(r.subject, r.video, r.frames) for r in data.source.recordings()]
    assert videos == [
        ("spNO.1", "a", 20),
        ("spNO.1", "j", 20),
        ("spNO.2", "b", 12),
        ("spNO.10", "a", 14),
    ]


def test_a_position_holds_its_number_or_the_next_one_and_never_number_0(
    data: CASME3DataModule,
) -> None:
    names = [int(path.stem) for path in data.source.frames("spNO.1", "a")]
    assert names == [4, 4, 4, *range(4, 12), 13, *range(13, 21)]


def test_rows_of_another_case_belong_to_the_only_folder(data: CASME3DataModule) -> None:
    found = {(r.subject, r.video): r.micro for r in data.source.recordings()}
    assert [(e.video, e.onset) for e in found["spNO.1", "j"]] == [("J", 4), ("j", 12)]
    assert found["spNO.2", "b"] == ()


def test_a_fold_trains_on_the_others_and_tests_on_every_video(data: CASME3DataModule) -> None:
    data.choose("spNO.1", 100)
    # 20 frames: 5 windows and one that ends at the last frame.
    assert data.samples.window_counts(data.fold.test) == (6, 6)
    flow = np.concatenate([batch[0].numpy() for batch in data.test_dataloader()])  # (W, C, k)
    read = data.source.read
    stored = [read(r).arrays["windows"] for r in data.fold.test]
    np.testing.assert_array_equal(flow, np.concatenate(stored))
    trained = np.concatenate([batch[1].numpy() for batch in data.train_dataloader()])  # (W, k)
    # Of the others spNO.10/a alone has a micro-expression, inside of which are the frames 3 to 6.
    windows = [[0, 0, 0, 1, 1, 1], [1, 1, 1, 1, 0, 0], [1, 0, 0, 0, 0, 0]]
    assert sorted(trained.tolist()) == sorted(windows)


def test_a_fold_lists_no_images(data: CASME3DataModule, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Casme3, root: Path, subject: str, video: str) -> list[Path]:
        msg = f"the images of {subject}/{video} in {root} were listed"
        raise AssertionError(msg)

    monkeypatch.setattr(Casme3, "frames", refuse)
    fold = module(data.source.root, data.source.store.folder.parent)
    fold.choose("spNO.1", 100)
    assert fold.source.recordings() == data.source.recordings()
    assert fold.samples.window_counts(fold.fold.test) == (6, 6)
    assert len(list(fold.train_dataloader())) == 1


def test_the_cache_serves_without_the_videos(data: CASME3DataModule, tmp_path: Path) -> None:
    casme3_labels(tmp_path, ROWS)
    moved = module(tmp_path, data.source.store.folder.parent)
    moved.source.locate()
    moved.source.extract(Serial())
    assert moved.source.recordings() == data.source.recordings()
    assert set(moved.source.explain().values()) == {None}


def test_damaged_flow_is_told(data: CASME3DataModule, tmp_path: Path) -> None:
    casme3_labels(tmp_path, ROWS)
    shutil.copytree(data.source.store.folder, tmp_path / "casme3")
    moved = module(tmp_path, tmp_path)
    moved.source.store.path(moved.source.spec, "spNO.1", "a").write_bytes(b"nothing")
    with pytest.raises(CacheError, match=r"a\.safetensors: .*extract again"):
        moved.source.recordings()


def test_missing_data_are_told_with_the_mend(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"request part A.*make loso") as reported:
        module(tmp_path, tmp_path / "cache").source.locate()
    assert str(tmp_path / "data") in str(reported.value)


def test_missing_tables_are_told(root: Path, tmp_path: Path) -> None:
    (tmp_path / "data").symlink_to(root / "data")
    with pytest.raises(LabelError, match="cas\\(me\\)3_part_A"):
        module(tmp_path, tmp_path / "cache").source.recordings()
