"""From generated data of CAS(ME)^3's shape to the report: every fold, every ME, every command."""

import json
import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from metst.base.names import natural_key
from metst.cli import main
from metst.datasets.labels import Recording
from metst.intervals.synergy import STRATEGIES
from metst.results.annotations import read_annotations
from metst.results.ledger import RunFolder
from metst.results.tables import read_predictions
from metst.runner.rescore import rescore
from tests.support.rehearsed import JUDGE_ALONE, Generated, loso, options, results

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def run(casme3: Generated, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """All folds, trained on windows."""
    return loso(casme3[0], "casme3", tmp_path_factory.mktemp("runs"), JUDGE_ALONE)


@pytest.fixture(scope="module")
def predictions(run: RunFolder) -> pd.DataFrame:
    return read_predictions(run.predictions)


def rows_of(predictions: pd.DataFrame, protocol: str) -> Counter[tuple[str, str]]:
    """Number of predictions of the main strategy in each video; none of them is withdrawn."""
    chosen = predictions[predictions["variant"] == f"{protocol}/spotting_first"]
    return Counter(zip(chosen["subject"], chosen["video"], strict=True))


def test_every_fold_is_done(run: RunFolder, casme3: Generated) -> None:
    subjects = {r.subject for r in casme3[1]}
    read = results(run)
    assert len(subjects) == 12
    assert set(read["folds"]) == subjects
    assert read["complete"] is True
    assert all(run.fold(subject).done for subject in subjects)


@pytest.mark.parametrize("protocol", ["authors", "strict"])
def test_every_annotated_me_is_counted_once(
    run: RunFolder, casme3: Generated, protocol: str
) -> None:
    read = results(run)
    wanted = Counter(r.subject for r in casme3[1] for _ in r.micro)
    for subject, scores in read["folds"].items():
        spotting = scores[protocol]["spotting"]
        assert spotting["tp"] + spotting["fn"] == wanted[subject]
    for strategy in STRATEGIES:
        spotting = read["protocols"][protocol]["synergy"][strategy]["spotting"]
        assert spotting["tp"] + spotting["fn"] == sum(wanted.values()) == 32
    for strategy, outcomes in read["candidates"].items():
        # Also a find over which a MaE lies counts as a find over an ME.
        found = read["protocols"]["strict"]["synergy"][strategy]["spotting"]["tp"]
        assert outcomes["found"]["micro"] == sum(outcomes["found"].values()) == found


def test_strict_judges_all_videos_and_authors_those_with_mes(
    run: RunFolder, casme3: Generated, predictions: pd.DataFrame
) -> None:
    read = results(run)["protocols"]
    strict, authors = (read[p]["spotting"] for p in ("strict", "authors"))
    rows = rows_of(predictions, "strict")
    without = [(r.subject, r.video) for r in casme3[1] if not r.micro]
    assert len(without) == 39
    assert sum(rows[key] for key in without) > 0
    assert strict["tp"] + strict["fp"] == sum(rows.values())
    # The released code adds an interval to each video with MEs in which it finds nothing.
    rows = rows_of(predictions, "authors")
    counted = [max(1, rows[r.subject, r.video]) for r in casme3[1] if r.micro]
    assert authors["tp"] + authors["fp"] == sum(counted)


def test_a_video_shorter_than_a_window_is_annotated_and_empty(
    run: RunFolder, casme3: Generated, predictions: pd.DataFrame
) -> None:
    def key(r: Recording) -> tuple[str, str, int]:
        return r.subject, r.video, r.frames

    written = read_annotations(run.annotations)
    assert {key(r) for r in written} == {key(r) for r in casme3[1]}
    short = [r for r in casme3[1] if r.frames < 50]
    assert any(r.micro for r in short)
    for protocol in ("authors", "strict"):
        rows = rows_of(predictions, protocol)
        assert not any(rows[r.subject, r.video] for r in short)
        assert all(rows[r.subject, r.video] for r in casme3[1] if r.frames > 150)


def test_the_report_shows_every_video(run: RunFolder, casme3: Generated) -> None:
    page = (run.path / "report.html").read_text()
    named = Counter(re.findall(r'"subject": ?"(spNO\.\d+)"', page))
    assert named == Counter(r.subject for r in casme3[1])
    assert main(["report", str(run.path), str(run.path), "--out", str(run.path / "two.html")]) == 0
    assert (run.path / "two.html").stat().st_size > 0


def test_evaluate_gives_the_scores_of_the_run(run: RunFolder, capfd: pytest.CaptureFixture) -> None:
    assert main(["evaluate", str(run.path), "--json"]) == 0
    again = json.loads(capfd.readouterr().out)
    for key, value in results(run).items():
        assert again[key] == value, key


def test_rescoring_without_changes_gives_the_run(run: RunFolder, predictions: pd.DataFrame) -> None:
    again, scores = rescore(run.path)
    assert again.equals(predictions)
    assert json.loads(json.dumps(scores)) == results(run)


def test_status_compare_and_tables(
    run: RunFolder, casme3: Generated, tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    words = options(casme3[0], "casme3", run.path.parent, JUDGE_ALONE)
    assert main(["loso", *words, "--status"]) == 0
    assert "12 done" in capfd.readouterr().out
    assert main(["loso", *words]) == 0
    assert "was complete already" in capfd.readouterr().out
    assert main(["compare", str(run.path), str(run.path), "--json"]) == 0
    compared = json.loads(capfd.readouterr().out)
    strict = results(run)["protocols"]["strict"]
    assert len(compared["subjects"]) == 12
    assert compared["scores"]["f1"]["first"] == strict["spotting"]["f1"]
    assert compared["scores"]["f1"]["ties"] == 12
    assert main(["tables", str(run.path), "--out", str(tmp_path)]) == 0
    spotting = (tmp_path / "spotting.md").read_text()
    assert f"{results(run)['protocols']['authors']['spotting']['f1']:.4f}" in spotting


def test_whole_videos(casme3: Generated, tmp_path: Path) -> None:
    subjects = sorted({r.subject for r in casme3[1]})
    without = f"--data.without={json.dumps(subjects[5:])}"  # the others are enough here
    whole = "--data.samples.whole_videos=true"
    run = loso(casme3[0], "casme3", tmp_path, JUDGE_ALONE, whole, without)
    spotting = results(run)["protocols"]["strict"]["spotting"]
    assert results(run)["complete"] is True
    assert list(results(run)["folds"]) == sorted(subjects[:5], key=natural_key)
    wanted = sum(len(r.micro) for r in casme3[1] if r.subject in subjects[:5])
    assert spotting["tp"] + spotting["fn"] == wanted > 0
    assert rescore(run.path)[0].equals(read_predictions(run.predictions))
