"""Generated data of SAMM-LV's shape: 200 frames per second, every 7th is seen."""

import json
from collections import Counter
from pathlib import Path

import pytest

from metst.cli import main
from metst.results.ledger import RunFolder
from metst.results.tables import read_predictions
from tests.support.rehearsed import JUDGE_ALONE, Generated, loso, results

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def run(sammlv: Generated, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return loso(sammlv[0], "sammlv", tmp_path_factory.mktemp("runs"), JUDGE_ALONE)


def test_every_annotated_me_is_counted_once(run: RunFolder, sammlv: Generated) -> None:
    read = results(run)
    wanted = Counter(r.subject for r in sammlv[1] for _ in r.micro)
    assert read["complete"] is True
    assert len(read["folds"]) == 8
    assert sum(wanted.values()) == 15
    for subject, scores in read["folds"].items():
        for protocol in ("authors", "strict"):
            spotting = scores[protocol]["spotting"]
            assert spotting["tp"] + spotting["fn"] == wanted[subject]


def test_predictions_name_the_data_set_s_own_frames(run: RunFolder, sammlv: Generated) -> None:
    last = {(r.subject, r.video): r.timebase.to_number(r.frames - 1) for r in sammlv[1]}
    table = read_predictions(run.predictions)
    strict = table[table["variant"].str.startswith("strict/")]
    ends = [last[key] for key in zip(strict["subject"], strict["video"], strict=False)]
    assert (strict["offset"] <= ends).all()
    assert (strict["onset"] >= 1).all()
    assert set((strict["apex"] - 1) % 7) == {0}


def test_evaluate_gives_the_scores_of_the_run(run: RunFolder, capfd: pytest.CaptureFixture) -> None:
    analyzed = "--analyzed=[negative, positive, surprise]"
    assert main(["evaluate", str(run.path), "--json", analyzed]) == 0
    again = json.loads(capfd.readouterr().out)
    for key, value in results(run).items():
        assert again[key] == value, key
    assert (run.path / "report.html").is_file()


def test_whole_videos(sammlv: Generated, tmp_path: Path) -> None:
    run = loso(sammlv[0], "sammlv", tmp_path, JUDGE_ALONE, "--data.samples.whole_videos=true")
    spotting = results(run)["protocols"]["strict"]["spotting"]
    assert results(run)["complete"] is True
    assert spotting["tp"] + spotting["fn"] == 15
