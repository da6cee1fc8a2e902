"""The feature that a YAML asks for is that of the samples it builds."""

from typing import Any

import pytest

from metst.features.settings import FLOW_WINDOWS, feature_of
from metst.samples import FlowWindows
from tests.support.dlib import dlib_detector


@pytest.mark.parametrize(
    "arguments",
    [{}, {"detector": "dlib"}, {"detector": "mesh", "smooth": 2}, {"detector": "mesh"}],
)
def test_detector_and_smoothing_are_those_of_the_samples(arguments: dict[str, Any]) -> None:
    if arguments.get("detector") == "dlib":
        dlib_detector()
    named = {"class_path": FLOW_WINDOWS[0], "init_args": {"k": 10, **arguments}}
    assert feature_of(named).spec == FlowWindows(10, **arguments).feature.spec


def test_a_detector_by_class_path_is_built() -> None:
    detector = {"class_path": "tests.support.faces.FakeDetector", "init_args": {"x": 7}}
    named = {"class_path": FLOW_WINDOWS[0], "init_args": {"k": 10, "detector": detector}}
    assert feature_of(named).spec.parameters["detector"] == "fake 1"
