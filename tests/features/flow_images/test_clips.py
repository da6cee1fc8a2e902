"""Flow between any two frames: what it is, and that it is computed once."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from metst.base.errors import DataError
from metst.base.executors import Serial
from metst.datasets.labels import Recording
from metst.features.feature import Feature
from metst.features.flow_images import FaceBoxes, FlowImages, clips, onset_apex_flow
from metst.features.flow_images.face import cut
from metst.features.roi_flow.boxes import Box
from metst.features.source import Source
from metst.features.tv_l1 import flow
from metst.video import read_grey
from tests.support.boxed_faces import BOX, BoxedFaces
from tests.support.drawn import HEAD, write_frames
from tests.support.fourth import Fourth


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """A video `x` of one subject, of which the data set keeps 6 frames."""
    write_frames(tmp_path / "clips" / "S1-x", (f"{i:04d}.png" for i in range(12)), seed=1)
    (tmp_path / "labels.csv").write_text(HEAD)
    return extracted(tmp_path)


def extracted(root: Path, feature: Feature | None = None) -> Source:
    source = Source(Fourth(), root, root / "store", feature or FaceBoxes(BoxedFaces()))
    source.extract(Serial())
    return source


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[clips.Pair]:
    """Pairs whose flow was computed, in order."""
    done, measure = list[clips.Pair](), clips._Kept.measure

    def noted(kept: clips._Kept, pairs: list[clips.Pair]) -> clips.Flows:
        done.extend(pairs)
        return measure(kept, pairs)

    monkeypatch.setattr(clips._Kept, "measure", noted)
    return done


def recording(source: Source) -> Recording:
    (only,) = source.recordings()
    return only


def test_flow_is_that_of_the_crops(source: Source) -> None:
    found = onset_apex_flow(source, recording(source), [(1, 4), (3, 3), (4, 1), (-5, 99)])
    assert (found.shape, found.dtype) == ((4, 2, 128, 128), np.float32)
    paths = source.frames("S1", "x")
    crops = [cut(read_grey(path), Box(*BOX)) for path in paths]
    for number, (a, b) in {0: (1, 4), 2: (4, 1), 3: (0, 5)}.items():
        expected = flow(crops[a], crops[b]).astype(np.float16)
        assert np.abs(expected).max() > 0.1
        np.testing.assert_array_equal(found[number], expected)
    assert not found[1].any()


def test_flow_is_computed_once(source: Source, computed: list[clips.Pair]) -> None:
    first = onset_apex_flow(source, recording(source), [(0, 2), (1, 2)])
    shutil.rmtree(source.root / "clips")  # kept flow needs no images
    both = onset_apex_flow(source, recording(source), [(1, 2), (0, 2), (5, 5)])
    np.testing.assert_array_equal(both[:2], first[::-1])
    assert computed == [(0, 2), (1, 2)]
    assert onset_apex_flow(source, recording(source), []).shape == (0, 2, 128, 128)


def test_new_pairs_join_those_there(source: Source, computed: list[clips.Pair]) -> None:
    for pairs in ([(0, 2)], [(0, 3), (0, 2)], [(0, 2), (0, 3)]):
        onset_apex_flow(source, recording(source), pairs)
    assert computed == [(0, 2), (0, 3)]


@pytest.mark.parametrize("images", [FlowImages("mean", 0.04, detector=BoxedFaces()), None])
def test_both_features_have_the_box(source: Source, images: Feature | None) -> None:
    other = extracted(source.root, images)
    np.testing.assert_array_equal(
        *(onset_apex_flow(s, recording(s), [(0, 2)]) for s in (source, other))
    )


def test_damaged_files_are_computed_again(source: Source, computed: list[clips.Pair]) -> None:
    whole = onset_apex_flow(source, recording(source), [(0, 2)])
    (path,) = source.store.folder.glob("pair_flow-*/S1/x.safetensors")
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    np.testing.assert_array_equal(onset_apex_flow(source, recording(source), [(0, 2)]), whole)
    assert computed == [(0, 2), (0, 2)]
    assert path.read_bytes() == data


@pytest.mark.parametrize("what", ["image", "box"])
def test_flow_of_other_faces_is_computed_again(
    source: Source, computed: list[clips.Pair], what: str
) -> None:
    before = onset_apex_flow(source, recording(source), [(0, 2)])
    if what == "image":
        path = source.frames("S1", "x")[2]
        assert cv2.imwrite(str(path), read_grey(path)[::-1])
    box = (40, 200, 40, 200) if what == "box" else BOX
    shutil.rmtree(source.store.folder / source.spec.key) if what == "box" else None
    changed = extracted(source.root, FaceBoxes(BoxedFaces(box)))
    after = onset_apex_flow(changed, recording(changed), [(0, 2)])
    assert computed == [(0, 2), (0, 2)]
    assert np.abs(after - before).max() > 0.1


def test_those_who_ask_at_once_wait_for_one(source: Source, computed: list[clips.Pair]) -> None:
    only = recording(source)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: onset_apex_flow(source, only, [(0, 2), (1, 3)]), range(4)))
    assert computed == [(0, 2), (1, 3)]
    assert all((one == found[0]).all() for one in found)


def test_missing_images_are_named(source: Source) -> None:
    only = recording(source)
    last = source.frames("S1", "x")[-1]
    last.unlink()
    last.with_name("0011.png").unlink()
    with pytest.raises(DataError, match=r"flow of 1 pairs .* needs its 6 images, found 5 frames"):
        onset_apex_flow(source, only, [(0, 2)])
    shutil.rmtree(last.parent)
    with pytest.raises(DataError, match=r"S1/x is not in the store yet .*; bring them back"):
        onset_apex_flow(source, only, [(0, 2)])
