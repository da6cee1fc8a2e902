"""CI runs what CONTRIBUTING names, under the Pythons that the package names."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = tomllib.loads(Path("pyproject.toml").read_text())["project"]
JOBS: dict[str, Any] = yaml.safe_load(Path(".github/workflows/ci.yml").read_text())["jobs"]
GUIDE = Path("CONTRIBUTING.md").read_text()


def commands(job: str) -> list[str]:
    return [step["run"] for step in JOBS[job]["steps"] if "run" in step]


def test_ci_runs_the_oldest_and_the_newest_python() -> None:
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    assert JOBS["test"]["strategy"]["matrix"]["python"] == [named[0], named[-1]]
    assert PROJECT["requires-python"].startswith(f">={named[0]}")


MADE = {*commands("test"), *re.findall(r"^    (make [a-z -]+?)(?:  |$)", GUIDE, re.MULTILINE)}


@pytest.mark.parametrize("command", sorted(MADE))
def test_make_has_these_targets(command: str) -> None:
    subprocess.run(["make", "-n", *command.split()[1:]], capture_output=True, check=True)


def test_ci_runs_what_the_guide_names() -> None:
    assert commands("test") == ["make install", "make lint test"]
    assert all(f"`{command}`" in GUIDE for command in commands("test"))


def test_links_and_paths_exist() -> None:
    sections = re.findall(r"^#+ (.+)$", Path("README.md").read_text(), re.MULTILINE)
    anchors = {f"README.md#{title.lower().replace(' ', '-')}" for title in sections}
    assert set(re.findall(r"\]\(([^)]+)\)", GUIDE)) <= anchors
    paths = [p for p in re.findall(r"`([\w./-]+/[\w./-]+)`", GUIDE) if not p.startswith("make")]
    assert paths
    assert [p for p in paths if not Path(p).exists()] == []
