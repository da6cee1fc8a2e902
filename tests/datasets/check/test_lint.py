"""Whole checks, from the tables to the images."""

import json
from pathlib import Path

import pytest

from metst.base.errors import ConfigError, DataError
from metst.datasets.check.lint import check
from metst.datasets.labels.findings import CODES
from metst.datasets.registry import DATASETS
from tests.support.folders import JPEG, casme3_video, samm_video
from tests.support.label_tables import ME_ROWS, casme3_labels, samm_labels

VIDEOS = {"spNO.1": "aJj", "spNO.2": "bc", "spNO.3": "a", "spNO.10": "ad"}
SOUND = [("spNO.1", "a", 11, 15, 20, "4", "IV", "disgust")]


def casme3_tree(root: Path) -> None:
    """Folders for the label files with the oddities; spNO.2/c is too short for its annotation."""
    casme3_labels(root)
    for subject, videos in {
        "spNO.1": "aJj",
        "spNO.2": "bc",
        "spNO.3": "a",
        "spNO.10": "ad",
    }.items():
        for video in videos:
            casme3_video(root, subject, video, range(1, 301))


def test_labels_only_needs_no_images(tmp_path: Path) -> None:
    casme3_labels(tmp_path)
    reported = json.loads(json.dumps(check("casme3", tmp_path, labels_only=True).to_json()))
    counts = {"rows": 8, "subjects": 3, "videos": 6, "macro": 2, "micro": 8, "blinks": 2}
    assert {name: reported[name] for name in counts} == counts
    assert reported["videos_ignoring_case"] == 5
    assert reported["emotions"] == {
        "others": 2,
        "disgust": 1,
        "happy": 1,
        "fear": 1,
        "anger": 1,
        "sad": 1,
        "surprise": 1,
    }
    rows = {(f["code"], f.get("row")) for f in reported["findings"]}
    assert rows >= {
        ("onset-is-apex", 3),
        ("zero-frame", 6),
        ("very-long-me", 7),
        ("name-case", 4),  # J beside j, Others beside others
        ("emotion-shift", None),
    }
    assert all(f["severity"] == CODES[f["code"]][0].name.lower() for f in reported["findings"])


def test_everything_dropped_has_a_reason(tmp_path: Path) -> None:
    casme3_labels(tmp_path)
    report = check("casme3", tmp_path, labels_only=True)
    authors = [(d.level, d.subject, d.video) for d in report.dropped["authors"]]
    assert authors == [
        ("row", "spNO.2", "b"),
        ("video", "spNO.2", "b"),
        ("video", "spNO.3", "a"),
        ("subject", "spNO.3", None),
    ]
    assert [(d.level, d.row) for d in report.dropped["strict"]] == [("row", 6)]
    assert report.usable["authors"].samples == len(ME_ROWS) - 1
    # Of 1 to 7 (spans 20, 9, 11, 11, 3454, 1, 15 frames) the mean is 503: k_p = 252.
    ceiling = report.to_json()["ceiling"]
    assert ceiling == {
        "half_length": 252,
        "frames": 505,
        "reachable": 0,
        "samples": 7,
        "share": 0.0,
    }
    text = "\n".join(report.lines())
    assert "spNO.2/b (row 6)" in text
    assert "videos: 6 (published: 463 or 462)" in text


def test_a_tree_is_checked_to_its_images(tmp_path: Path) -> None:
    casme3_tree(tmp_path)
    (tmp_path / "data" / "spNO.10" / "a" / "color" / "9.jpg").write_bytes(JPEG[:30])
    (tmp_path / "data" / "spNO.10" / "a" / "color" / "30.jpg").unlink()
    report = check("casme3", tmp_path)
    found = {(f.code, f.subject, f.video) for f in report.findings}
    assert found >= {
        ("bad-image", "spNO.10", "a"),
        ("frame-gap", "spNO.10", "a"),
        ("outside-video", "spNO.2", "c"),
        ("no-annotation", "spNO.10", "d"),
    }
    assert report.exit_code == 2
    reported = report.to_json()
    assert (reported["folder_subjects"], reported["folder_videos"]) == (4, 8)
    assert ("video", "spNO.10", "d") in {
        (d.level, d.subject, d.video) for d in report.dropped["authors"]
    }


def test_the_exit_code_is_the_worst_severity_left(tmp_path: Path) -> None:
    casme3_labels(tmp_path, SOUND)
    casme3_video(tmp_path, "spNO.1", "a", range(1, 301))
    casme3_video(tmp_path, "spNO.2", "b", range(1, 301))
    casme3_video(tmp_path, "spNO.3", "a", range(1, 301))
    assert check("demo", tmp_path).exit_code == 0
    casme3_video(tmp_path, "spNO.4", "a", [])
    assert check("demo", tmp_path).exit_code == 2
    quiet = check("demo", tmp_path, suppress=["no-images@spNO.4/a"])
    assert (quiet.exit_code, quiet.suppressed) == (0, 1)


def test_samm_from_tables_to_images(tmp_path: Path) -> None:
    samm_labels(tmp_path)
    for video in ("006_1", "006_2"):
        samm_video(tmp_path, video, range(1, 501))
    report = check("sammlv", tmp_path)
    codes = {(f.code, f.video) for f in report.findings}
    assert codes >= {("no-emotion", "006_2"), ("no-folder", "007_1")}
    assert report.to_json()["annotated_videos"] == 3
    assert report.usable["strict"].samples == 1
    assert [(d.video, d.row, d.reason) for d in report.dropped["strict"]] == [
        ("007_1", 15, "its video has no folder"),
        ("006_2", 13, "no emotion is named"),
    ]


def test_wrong_arguments_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="known are casme3, sammlv, casme2, demo"):
        check("casme", tmp_path)
    with pytest.raises(ConfigError, match="no finding has the code"):
        check("casme3", tmp_path, suppress=["nonsense"])
    casme3_labels(tmp_path)
    with pytest.raises(DataError, match="expected the images"):
        check("casme3", tmp_path)


def test_published_counts_name_keys_of_the_report(tmp_path: Path) -> None:
    casme3_tree(tmp_path)
    keys = set(check("casme3", tmp_path, images="names").to_json())
    for data in DATASETS.values():
        assert set(data.published_counts) <= keys
