"""`metst report` on runs that were really trained: flow and frames come from the data set."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from metst.cli import main

EMBEDDED = re.compile(r'<script type="application/json" id="(\w+)">(.*?)</script>', re.DOTALL)


def embedded(page: Path) -> dict[str, object]:
    return {name: json.loads(text) for name, text in EMBEDDED.findall(page.read_text())}


@pytest.mark.slow
def test_the_page_lies_in_the_run_and_has_flow(
    tiny_runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(tiny_runs / "demo")]) == 0
    page = tiny_runs / "demo" / "report.html"
    assert str(page) in capsys.readouterr().out
    found = embedded(page)
    labels = [c["label"] for c in found["manifest"]["curves"] if c["kind"] == "flow"]  # type: ignore[index]
    assert len(labels) == 10 and labels[:2] == ["left brow x", "left brow y"]
    assert (
        "metst check" not in page.read_text()
    )  # which knows the demo data, and prints what it finds
    assert "data:image" not in page.read_text()


@pytest.mark.slow
def test_faces_are_shown_on_request_only(tiny_runs: Path, tmp_path: Path) -> None:
    page = tmp_path / "faces.html"
    assert main(["report", str(tiny_runs / "demo"), "--thumbnails", "--out", str(page)]) == 0
    assert "This page shows faces" in page.read_text()
    for video in embedded(page)["videos"]:  # type: ignore[attr-defined]
        for e in [*video["annotated"], *video["predicted"][0]]:
            judged = e["outcome"] == "false" if "score" in e else "outcome" in e
            assert ("faces" in e) == judged
            for part in ("onset", "apex", "difference") if judged else ():
                assert e["faces"][part].startswith("data:image/webp;base64,")


@pytest.mark.slow
def test_two_runs_side_by_side(both_runs: Path, tmp_path: Path) -> None:
    page = tmp_path / "both.html"
    runs = [str(both_runs / name) for name in ("demo", "control")]
    assert main(["report", *runs, "--out", str(page)]) == 0
    numbers = embedded(page)["numbers"]
    assert [run["name"] for run in numbers["runs"]] == ["demo", "control"]  # type: ignore[index]
    for name, run in zip(("demo", "control"), numbers["runs"], strict=True):  # type: ignore[index]
        assert run["results"] == json.loads((both_runs / name / "results.json").read_text())
    assert "data.samples.shuffle_labels: False -&gt; True" in page.read_text()


def test_a_folder_that_is_no_run_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(tmp_path)]) == 1
    assert "expected the folder of a run, with config.yaml" in capsys.readouterr().err


def test_traces_follow_the_demo_faces(tiny_runs: Path) -> None:
    """An annotated ME moves some region by more than the frames around it do."""
    from metst.report.videos import traces
    from metst.results.run import open_run

    run = open_run(tiny_runs / "demo")
    found = traces(run)
    assert set(found) == {(r.subject, r.video) for r in run.recordings}
    ratios = []
    for recording in run.recordings:
        flow = found[recording.subject, recording.video]  # (C, T)
        assert flow.shape == (10, recording.frames)
        speed = np.abs(np.diff(flow, axis=1)).max(axis=0)  # (T - 1,)
        for e in recording.micro:
            inside = speed[e.onset - 1 : e.offset - 1].max()
            ratios.append(inside / np.median(speed))
    assert np.median(ratios) > 2
