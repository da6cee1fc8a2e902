"""`metst tables --config`: systems run one after the other, then their tables."""

import json
import logging
import shutil
from pathlib import Path

import pytest

from metst.cli import main

OUTPUTS = ("tables.md", *(f"{n}.{s}" for n in ("spotting", "synergy") for s in ("csv", "tex")))


@pytest.mark.slow
@pytest.mark.usefixtures("finished")
def test_systems_go_on_where_they_were_stopped_and_end_with_the_same_bytes(
    tiny: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    names = "--systems=me_tst,compact,shared"
    words = ["tables", "--config", "experiments/demo.yaml", *tiny, names, "--executor.kind=serial"]
    folder, compact = tmp_path / "demo-tables", tmp_path / "demo-compact"
    (tmp_path / "demo-shared").mkdir()
    (tmp_path / "demo-shared/predictions.csv").touch()  # somebody else's: it fails
    with caplog.at_level(logging.INFO, "metst"):
        assert main(words) == 1
    assert "system 2 of 3: compact, fold spNO.2 done in" in caplog.text
    assert "(2 of 2)" in caplog.text
    table = (folder / "tables.md").read_text()
    assert "| ME-TST | demo |" in table
    assert "| compact | demo-compact |" in table
    assert "| shared | failed |" in table
    assert "- shared: failed: " in table
    assert table.split("\n\n")[0] in capsys.readouterr().out
    assert "compact" in (folder / "comparison.html").read_text()
    before = {name: (folder / name).read_bytes() for name in OUTPUTS}

    shutil.rmtree(folder)
    (compact / "results.json").unlink()
    status = compact / "folds/spNO.2/status.json"
    status.write_text(json.dumps({**json.loads(status.read_text()), "state": "running"}))
    assert main(words) == 1
    assert {name: (folder / name).read_bytes() for name in OUTPUTS} == before


def test_unknown_systems_are_refused(
    tiny: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["tables", "--config=experiments/demo.yaml", *tiny]
    assert main([*words, "--systems=men"]) == 2
    assert "no system 'men'; did you mean mean" in capsys.readouterr().err
    assert not (tmp_path / "demo-tables").exists()
