"""LGSNet as published, on I3D features, and our variation on ROI flow."""

from typing import Literal

from metst.features.i3d import CHANNELS
from metst.network.detection import Geometry, LossRules, Shape
from metst.samples import I3DSequences
from metst.samples.boxes import WindowPlan
from metst.systems.detector import (
    CASME2_FAKES,
    CASME3_FAKES,
    CASME3_RANGES,
    SAMM_FAKES,
    STRIDES,
    Design,
    DetectorSystem,
    FlowDetector,
    Quirks,
    Reduction,
    on_flow,
)

_SHAPE = Shape(64, 512, (512, 512, 1024, 1024), (1, 2, 2, 2), 512, 256, "global", (16,), True)
_LOSS = LossRules(weight=4.0, widest=5.0)

DESIGNS = {
    "casme2": Design(
        _SHAPE,
        Geometry(128, STRIDES, ((0, 10), (8, 32), (16, 64), (64, 128))),
        _LOSS,
        WindowPlan(128, training=32, testing=16, fakes=CASME2_FAKES),
        Reduction(0.01, 30),
        most=14,
    ),
    "casme3": Design(
        _SHAPE,
        Geometry(128, STRIDES, CASME3_RANGES),
        _LOSS,
        WindowPlan(128, training=32, testing=16, fakes=CASME3_FAKES),
        Reduction(0.01, 30),
        most=14,
    ),
    "samm": Design(
        _SHAPE,
        Geometry(128, STRIDES, ((0, 20), (4, 32), (8, 64), (16, 128))),
        LossRules(weight=4.0, favoured=20, beta=0.111, widest=5.0),
        WindowPlan(128, training=8, testing=4, fakes=SAMM_FAKES),
        Reduction(0.01, 100, least=0.36),
        most=14,
    ),
}

FLOW = on_flow(Shape(64, 32, (32, 32, 64, 64), (1, 2, 2, 2), 32, 16, "global", (16,), True))


class LGSNet(DetectorSystem):
    """Local-global scale network (2023; code under MIT).

    Published: F1 of both kinds together .4637 on CAS(ME)^2 and .388 on SAMM-LV.

    Leak in the published score of CAS(ME)^2, measured on the released detections: its epoch and
    threshold, 23 and .485, are those with the best score on the test subjects. It finds 2 of 57
    micro-expressions (F1 .069): .4637 is a score of macro-expressions. The last epoch with the
    threshold of the other subjects has .404; of micro-expressions alone, F1 is .226 with a
    threshold chosen on the test, .03 to .07 with that of the others.

    Its input are I3D features (`metst.samples.I3DSequences`). Published: 30 epochs of 64 windows, a
    learning rate of 8e-4, AdamW without decay.

    Different from the published code: the last epoch is tested; thresholds of `strict` are fitted
    to a quarter of the training subjects, who are not trained on, and kinds follow from the class
    there. Windows with a fake interval are drawn from all videos of the fold.

    Args:
        design: rules for `casme2`, `casme3` or `samm`.
        lr: learning rate after the warm-up.
        cold_start: see `DetectorSystem`.
        quirks: of the decoder `authors`.

    Raises:
        ConfigError: a learning rate that nothing can be learned with.
    """

    reads = I3DSequences

    def __init__(
        self,
        design: Literal["casme2", "casme3", "samm"] = "casme3",
        lr: float = 8e-4,
        cold_start: bool = False,
        quirks: Quirks = Quirks(by_duration=True),  # noqa: B008
    ) -> None:
        super().__init__(CHANNELS, DESIGNS[design], lr, cold_start, quirks)


class LGSNetFlow(FlowDetector):
    """LGSNet-flow: our variation of LGSNet, small and on ROI flow. No score of it is published.

    Windows of 64 vectors (`metst.samples.FlowSequences`), with LGSNet's rules for CAS(ME)^3 but
    closer windows. A kind follows from the class, in `authors` too: by duration fewer were found.
    """

    flow = FLOW
