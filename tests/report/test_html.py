"""The page: every number is that of results.json, and names from files do no harm."""

import json
import re
import shutil
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from metst.base.errors import ConfigError, DataError
from metst.datasets.registry import published_scores
from metst.report import Timeline, contents, html, packing, write_report

FOREIGN = re.compile(r"""(?:src|href|action)\s*=\s*["'](?!#|data:)|@import|url\((?!#|['"]?data:)""")


class Reader(HTMLParser):
    """Data elements and scripts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.shown: list[tuple[str, str, str]] = []
        self.scripts: dict[str, str] = {}
        self.headings: list[int] = []
        self.text = ""
        self._inside: dict[str, str | None] | None = None
        self._script = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "data":
            self._inside = dict(attrs)
        if tag == "script":
            self._script = dict(attrs).get("id") or "code"
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = ""

    def handle_data(self, data: str) -> None:
        if self._inside is not None:
            self.shown.append((self._inside["data-path"] or "", self._inside["value"] or "", data))
            self._inside = None
        if self._script:
            self.scripts[self._script] = self.scripts.get(self._script, "") + data
        else:
            self.text += data


def looked_up(document: Any, path: str) -> Any:  # noqa: ANN401
    for part in path.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        document = document[int(key) if isinstance(document, list) else key]
    return document


def page_of(*runs: Path, **options: Any) -> Reader:  # noqa: ANN401
    return Reader(write_report(runs, **options).read_text())


@pytest.fixture
def copy(made_up: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_up, tmp_path / "copy"))


def test_every_number_is_the_one_in_results_json(copy: Path) -> None:
    page = page_of(copy)
    results = json.loads((copy / "results.json").read_text())
    document = json.loads(page.scripts["numbers"])
    assert document["runs"][0]["results"] == results
    assert len(page.shown) > 200
    for path, exact, text in page.shown:
        value = looked_up(document, path)
        if value is None:
            assert exact == "" and text == "\N{EN DASH}"
        else:
            assert float(exact) == value
            digits = 0 if "/timing/" in path else 2 if path.endswith("per_minute") else 3
            assert text == (str(value) if isinstance(value, int) else f"{value:.{digits}f}")


def test_both_protocols_every_strategy_and_every_subject_are_shown(copy: Path) -> None:
    page = page_of(copy)
    results = json.loads((copy / "results.json").read_text())
    paths = {path for path, _, _ in page.shown}
    for protocol in ("authors", "strict"):
        for strategy in results["protocols"][protocol]["synergy"]:
            assert f"/runs/0/results/protocols/{protocol}/synergy/{strategy}/strs" in paths
        for subject in results["folds"]:
            assert f"/runs/0/results/folds/{subject}/{protocol}/strs" in paths
        assert f"/runs/0/evaluation/confidence/{protocol}/strs/low" in paths


def test_videos_tell_the_same_counts_as_results_json(copy: Path) -> None:
    page = page_of(copy)
    counts = [video["counts"][0] for video in json.loads(page.scripts["videos"])]
    spotting = json.loads((copy / "results.json").read_text())["protocols"]["strict"]["spotting"]
    assert {key: sum(c[key] for c in counts) for key in ("tp", "fp", "fn")} == {
        key: spotting[key] for key in ("tp", "fp", "fn")
    }


def test_the_page_asks_nobody_for_anything(copy: Path) -> None:
    text = write_report([copy]).read_text()
    assert not FOREIGN.findall(text)
    assert "default-src 'none'" in text


def test_headings_go_down_one_step_at_a_time(copy: Path) -> None:
    levels = page_of(copy).headings
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))


def test_names_from_files_cannot_become_markup(copy: Path) -> None:
    evil = "</script><script>alert(1)</script>"
    for name in ("annotations.csv", "predictions.csv"):
        path = copy / name
        path.write_text(path.read_text().replace(",v1,", f',"{evil}",'))
    text = write_report([copy]).read_text()
    assert evil not in text
    assert "<script>alert" not in text


def test_an_incomplete_run_says_so(copy: Path) -> None:
    assert "Incomplete." not in page_of(copy).text
    results = json.loads((copy / "results.json").read_text())
    (copy / "results.json").write_text(json.dumps({**results, "complete": False}))
    assert "Incomplete." in page_of(copy).text


def test_subjects_whose_fold_is_not_done_are_untested(copy: Path) -> None:
    results = json.loads((copy / "results.json").read_text())
    del results["folds"]["sp1"]
    (copy / "results.json").write_text(json.dumps({**results, "complete": False}))
    table = copy / "predictions.csv"
    lines = table.read_text().splitlines(keepends=True)
    table.write_text("".join(line for line in lines if ",sp1," not in line))
    videos = json.loads(page_of(copy).scripts["videos"])
    ends = {v["subject"]: {e["outcome"][0] for e in v["annotated"]} for v in videos}
    assert ends["sp1"] == {"untested"} and ends["sp0"] <= {"found", "missed"}
    assert all(v["rows"] == [] and v["predicted"] == [[]] for v in videos if v["subject"] == "sp1")


def test_tables_that_were_changed_later_are_told(copy: Path) -> None:
    assert "Changed tables." not in page_of(copy).text
    path = copy / "predictions.csv"
    path.write_text("\n".join(path.read_text().splitlines()[:-3]) + "\n")
    assert "Changed tables." in page_of(copy).text


@pytest.mark.parametrize(
    ("name", "key"), [("config.yaml", "evaluation"), ("results.json", "emotions")]
)
def test_a_run_of_an_earlier_version_is_refused_in_one_line(
    copy: Path, name: str, key: str
) -> None:
    path = copy / name
    settings = yaml.safe_load(path.read_text())
    del settings[key]
    path.write_text(json.dumps(settings))
    with pytest.raises(DataError, match=rf"{name}: expected .*`{key}`.* earlier version: run the"):
        write_report([copy])


def test_a_run_without_results_is_refused(copy: Path) -> None:
    (copy / "results.json").unlink()
    with pytest.raises(DataError, match=r"results\.json: expected here.*metst loso"):
        write_report([copy])


def test_curves_that_are_gone_leave_the_intervals(copy: Path) -> None:
    (copy / "folds/sp0/frame_curves.safetensors").unlink()
    videos = json.loads(page_of(copy).scripts["videos"])
    kinds = json.loads(page_of(copy).scripts["manifest"])["curves"]
    of_subject = {v["subject"]: {kinds[row]["kind"] for row in v["rows"]} for v in videos}
    assert of_subject == {"sp0": {"flow"}, "sp1": {"score", "smoothed", "class", "flow"}}
    assert all(v["predicted"][0] for v in videos)


def test_runs_of_frame_pairs_stand_beside_others(
    made_up: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """They have no scores for the last frames."""
    whole = contents.score_curves
    short = iter(range(1000))

    def curves(timeline: Timeline) -> list[Any]:
        return [c[:-3] if next(short) % 2 else c for c in whole(timeline)]

    monkeypatch.setattr(contents, "score_curves", curves)
    scripts = page_of(made_up, out=tmp_path / "report.html").scripts
    assert all(scripts[f"curves-{i}"] for i in range(4))


def test_data_that_changed_since_leave_no_flow(copy: Path) -> None:
    (copy / "data.json").write_text('{"flow of sp0/v0": "other"}')
    page = page_of(copy)
    assert "changed since the run" in page.text
    kinds = {curve["kind"] for curve in json.loads(page.scripts["manifest"])["curves"]}
    assert "flow" not in kinds


def test_a_large_page_gets_coarser_and_then_thinner(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine = json.loads(page_of(copy).scripts["manifest"])["curves"][-1]["step"]
    assert fine == packing.FLOW_STEPS[0]
    size = sum(len(t) for k, t in page_of(copy).scripts.items() if k.startswith("curves-"))
    monkeypatch.setattr(packing, "BUDGET", size * 3 // 4)
    page = page_of(copy)
    coarse = json.loads(page.scripts["manifest"])["curves"][-1]["step"]
    assert coarse > fine
    assert sum(len(t) for k, t in page.scripts.items() if k.startswith("curves-")) <= size * 3 // 4
    monkeypatch.setattr(packing, "BUDGET", 1)
    assert "Some curves are left out" in page_of(copy).text


def test_two_runs_stand_side_by_side_with_their_comparison(made_up: Path, copy: Path) -> None:
    path = copy / "predictions.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if ",sp0,v0," not in line))
    out = copy / "both.html"
    page = page_of(made_up, copy, out=out)
    document = json.loads(page.scripts["numbers"])
    scores = document["comparisons"][0]["strict"]["scores"]
    assert scores["f1"]["second"] < scores["f1"]["first"]
    assert any(path == "/comparisons/0/strict/scores/f1/p" for path, _, _ in page.shown)
    videos = {(v["subject"], v["video"]): v for v in json.loads(page.scripts["videos"])}
    assert len(videos["sp0", "v0"]["predicted"][0]) > len(videos["sp0", "v0"]["predicted"][1]) == 0
    assert videos["sp1", "v1"]["predicted"][0] == videos["sp1", "v1"]["predicted"][1]


def test_published_scores_stand_beside_ours(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "0.1356" not in page_of(copy).text
    monkeypatch.setattr(html, "published_scores", lambda _: published_scores("sammlv"))
    text = page_of(copy).text
    assert "0.1356" in text and "ME-TST, with synergy" in text


def test_uf1_and_uar_beside_published_ones_are_of_annotated_intervals(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html, "published_scores", lambda _: published_scores("casme3"))
    path = copy / "results.json"
    results = json.loads(path.read_text())
    assert not results["annotated"]  # this run has named none

    def shown() -> list[str]:
        beside = write_report([copy]).read_text().partition("Beside published scores")[2]
        row = re.findall(r'<tr class="main">.*?this run', beside, re.DOTALL)[0]
        return re.findall(r'<td>(?:<data value="(.*?)".*?|.)</td>', row)[-2:]

    assert shown() == ["", ""]
    other = results["protocols"]["authors"]["recognition"]
    results["annotated"] = {"authors": {**other, "named": 1, "uf1": 0.25, "uar": 0.75}}
    path.write_text(json.dumps(results))
    assert shown() == ["0.25", "0.75"]


def test_runs_of_other_annotations_are_refused(made_up: Path, copy: Path) -> None:
    path = copy / "annotations.csv"
    path.write_text(path.read_text().replace("sp1,v1,900", "sp1,v1,899"))
    with pytest.raises(ConfigError, match="sp1/v1"):
        write_report([made_up, copy], copy / "out.html")


def test_configuration_and_environment_are_told(copy: Path) -> None:
    assert "no environment.json" in page_of(copy).text
    (copy / "environment.json").write_text('{"torch": "9.9", "cpu": {"cores": 2}}')
    text = page_of(copy).text
    assert "cpu.cores" in text and "9.9" in text and "MadeUpData" in text
