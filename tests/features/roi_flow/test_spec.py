"""The name under which flow is cached."""

from metst.features.roi_flow import flow_spec
from tests.support.faces import FakeDetector

DETECTOR = FakeDetector()


def test_what_the_name_says() -> None:
    assert flow_spec(8, DETECTOR).parameters.keys() == {"detector", "opencv", "rois"}
