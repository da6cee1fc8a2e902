"""The plan of every video: small, cheap, and all that is needed to write its script."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PlannedExpression:
    """An ME or MaE before it has a place.

    Attributes:
        emotion: a key of `metst.datasets.heads.script.emotions.EMOTION_UNITS`.
        frames: its length from onset to offset, both included.
        apex: place of the apex between onset (0) and offset (1).
        strength: intensity of its strongest face unit at the apex.
        over: for a MaE, the ME of the same plan that it is laid over; None for none.
    """

    emotion: str
    frames: int
    apex: float
    strength: float
    over: int | None = None


@dataclass(frozen=True)
class VideoPlan:
    """One video of one subject, before anything in it has a place.

    Attributes:
        subject: folder name of the subject.
        video: folder name of the video.
        frames: number T of own frames.
        groups: what is special about it: `speech`, `compression`, `motion`, `identity`.
        traits: what else is: `lights`, `lost`, `occlusion`.
        micro: its MEs, in any order.
        macro: its MaEs, in any order.
    """

    subject: str
    video: str
    frames: int
    groups: tuple[str, ...]
    traits: tuple[str, ...]
    micro: tuple[PlannedExpression, ...]
    macro: tuple[PlannedExpression, ...]
