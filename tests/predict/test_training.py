"""Networks that saw a person in training are named."""

from pathlib import Path

import pytest
import yaml

from metst.predict.training import training_note

ROWS = "subject,video,frames,fps,skip,first,kind,onset,apex,offset,emotion,label\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run of three folds, of which that of `c` is not finished; its videos lie in `data`."""
    folder = tmp_path / "run"
    folder.mkdir()
    data = {"init_args": {"root": str(tmp_path / "data")}}
    config = {"data": data, "evaluation": {"iou": 0.5}}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    lines = [f"{s},{s}_1,99,30.0,1,1,,,,,,\n" for s in "abc"]
    (folder / "annotations.csv").write_text(ROWS + "".join(lines))
    for subject in "abc":
        (folder / "folds" / subject).mkdir(parents=True)
    monkeypatch.setattr(
        "metst.results.ledger.FoldFolder.done", property(lambda fold: fold.path.name != "c")
    )
    return folder


def note(run: Path, video: str, fold: str | None = None) -> str | None:
    return training_note(run.parent / video, run, fold)


def test_folds_that_trained_on_the_person_are_counted(run: Path) -> None:
    for video in ("data/a/x/color", "data/a/x.mp4", "data/a_1", "data/long/a_1.avi"):
        text = note(run, video)
        assert text is not None
        assert text.startswith("1 of 2 networks were trained on a,")
        assert "--fold a takes" in text
        assert note(run, video, "a") is None
        assert (note(run, video, "b") or "").startswith("1 of 1 networks were trained on a,")


def test_a_person_without_a_finished_fold(run: Path) -> None:
    text = note(run, "data/c/x")
    assert text is not None
    assert text.startswith("2 of 2")
    assert "--fold" not in text


def test_a_checkpoint_is_its_fold(run: Path) -> None:
    checkpoint = run / "folds" / "b" / "last.ckpt"
    assert training_note(run.parent / "data/a/x", checkpoint, None) is not None
    assert training_note(run.parent / "data/b/x", checkpoint, None) is None


@pytest.mark.parametrize("video", ["elsewhere/a/x.mp4", "data/d/x", "data/x.mp4"])
def test_other_videos_are_not_known(run: Path, video: str) -> None:
    assert note(run, video) is None
    assert training_note(run.parent / video, None, None) is None
