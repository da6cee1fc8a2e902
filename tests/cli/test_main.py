"""The command line: mistakes become words and exit codes, never tracebacks."""

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from metst import cli
from metst.cli.main import FAILED, OK, USAGE, main

DEMO = ["loso", "--config", "experiments/demo.yaml"]


def test_help_lists_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == OK
    listed = capsys.readouterr().out
    modules = {p.stem for p in Path(cli.__file__).parent.glob("[a-z]*.py")} - {"main"}
    assert modules
    assert all(f"\n  {verb} " in listed for verb in modules)


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (["losso"], "unknown verb 'losso'"),
        (["loso"], "--config experiments/demo.yaml"),
        ([*DEMO, "--model.lrr=3"], "unknown key 'model.lrr'; did you mean model.lr"),
        (["demo", "--demo.framse=3"], "unknown key 'demo.framse'; did you mean demo.frames"),
        (["demo", "--demo.frames=3"], "demo option frames: expected at least 60"),
    ],
)
def test_a_mistake_is_one_line_on_stderr(
    words: list[str], printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == USAGE
    captured = capsys.readouterr()
    assert printed in captured.err
    assert captured.err.startswith("metst: ")
    assert captured.err.count("\n") == 1
    assert captured.out == ""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk"])
@pytest.mark.slow
def test_no_character_stops_the_output(encoding: str) -> None:
    verb = "\u88ab\u8bd53 \u00e9\u2713"
    done = subprocess.run(
        [sys.executable, "-m", "metst", verb],
        env=os.environ | {"PYTHONIOENCODING": encoding, "LC_ALL": "C"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == USAGE
    assert done.stderr.decode(encoding).startswith("metst: unknown verb")
    assert b"Traceback" not in done.stderr


def test_standard_output_takes_every_character(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii", write_through=True))
    assert main(["--version"]) == OK
    sys.stdout.write("\u88ab\u8bd53 \udcb1")
    assert raw.getvalue().endswith(rb"\u88ab\u8bd53 \udcb1")


def test_words_that_are_not_utf8_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    folder = "\u88ab\u8bd53".encode("gbk").decode(errors="surrogateescape")
    assert main(["predict", f"data/{folder}"]) == USAGE
    message = capsys.readouterr().err
    assert r"got the bytes data/\xb1\xbb\xca\xd43; rename" in message
    assert message.encode()


@pytest.mark.parametrize(
    ("dataset", "place"),
    [("casme3", "data/casme3/data"), ("sammlv", "data/sammlv/SAMM_longvideos")],
)
def test_missing_data_says_what_where_how_and_suggests_the_demo(
    dataset: str, place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / place.split("/", 1)[1].split("/")[0]
    config = f"experiments/{dataset}.yaml"
    assert main(["loso", "--config", config, f"--data.root={root}"]) == FAILED
    printed = capsys.readouterr().err
    for part in (str(root), "request", "http", "make loso"):
        assert part in printed


@pytest.mark.slow
def test_a_full_disk_is_told_and_nothing_is_lost(
    tiny: list[str],
    finished: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Writes of predictions fail, as they do when the disk fills up; then there is space."""
    folds, sync = [finished / "folds" / subject for subject in ("spNO.1", "spNO.2")], os.fsync
    for fold in folds:
        (fold / "predictions.csv").unlink()  # as if killed before its test

    def full(handle: int) -> None:
        if "predictions" in Path(f"/proc/self/fd/{handle}").readlink().name:
            raise OSError(28, "No space left on device")
        sync(handle)

    trained = [(fold / "last.ckpt").stat().st_mtime_ns for fold in folds]
    monkeypatch.setattr(os, "fsync", full)
    assert main([*DEMO, *tiny]) == FAILED
    output = capfd.readouterr().out
    assert "No space left on device" in output
    assert "predictions.csv" in output
    assert "Traceback" not in output
    monkeypatch.undo()
    assert main([*DEMO, *tiny]) == OK
    assert json.loads((finished / "results.json").read_text())["complete"] is True
    assert [(fold / "last.ckpt").stat().st_mtime_ns for fold in folds] == trained


@pytest.mark.slow
def test_a_broken_image_is_told_at_the_end_until_it_is_accepted(
    tiny: list[str], tiny_root: Path, tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    root = tmp_path / "demo data"
    shutil.copytree(tiny_root, root)
    image = root / "data/spNO.1/a/color/17.jpg"
    image.write_bytes(image.read_bytes()[:2000])
    words = [*DEMO, *tiny, f"--data.root={root}", f"--data.cache={tmp_path / 'cache'}"]
    assert main(words) == FAILED
    output = capfd.readouterr().out
    assert "damaged data: spNO.1/a" in output
    assert "17.jpg: the image is cut short" in output
    assert "--data.suppress" in output
    assert json.loads((tmp_path / "demo/results.json").read_text())["complete"] is True
    assert main([*words, "--data.suppress=[bad-image@spNO.1/a]"]) == OK

    shutil.copy(tiny_root / image.relative_to(root), image)
    capfd.readouterr()
    assert main(words) == USAGE  # the results would be those of the broken image
    assert "was begun with other data; changed: features of spNO.1/a.\n" in capfd.readouterr().err
    assert main([*words, "--fresh"]) == OK
