"""The name under which flow is cached."""

from metst.features.roi_flow import flow_spec
from tests.support.faces import FakeDetector

DETECTOR = FakeDetector()


def test_what_the_name_says() -> None:
    """Flow from the first frame of a window is not named: older caches stay valid."""
    spec = flow_spec(8, DETECTOR)
    assert spec.parameters.keys() == {"detector", "opencv", "rois"}
    assert flow_spec(8, DETECTOR, reference="window") == spec
    previous = flow_spec(8, DETECTOR, reference="previous")
    assert previous.parameters == {**spec.parameters, "reference": "previous"}
    assert previous.key != spec.key
