"""Trained networks with the facts they need: frame rate, window, length of an ME."""

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from metst.base.errors import ConfigError
from metst.datasets.labels import EMOTIONS, NEUTRAL
from metst.features.roi_flow import ME_TST_ROIS, RELEASED, Method, RoiSet
from metst.intervals import contrast, extensible_peaks
from metst.intervals.decoder import PEAK, Decoder, get_decoder
from metst.intervals.synergy import STRATEGIES
from metst.scoring.pooling import PUBLISHED
from metst.systems.me_tst.stream import Streaming
from metst.video import detectors

BLOCK = 64
"""Windows that go through a network at once: memory does not grow with the video."""


@dataclass(frozen=True)
class About:
    """Facts about networks, for their use and for users.

    Attributes:
        name: what it is called in outputs.
        fps: frames per second that the networks have learned.
        k: frames per window.
        k_p: half the mean ME length, in frames.
        peak: where the peak threshold lies between mean and maximum of the smoothed score.
        floor: least height of a peak in any video (`metst.intervals.floor`); None if unknown.
        assumed: which of these facts are assumed, since the weights come without them.
        emotions: classes of the networks, without neutral.
        rois: facial regions whose flow they read.
        method: how it is measured.
        detector: name of what finds the faces (`metst.video.detectors`).
        rule: how intervals are selected around peaks, see `metst.intervals.extensible_peaks`; None
            where they have 2 k_p frames. They have in streams, for a rule needs the whole video.
        contrast: what an interval needs, see `metst.intervals.contrast`; None where peaks are
            sought.
        synergy: strategy by which intervals are named, and perhaps withdrawn.
    """

    name: str
    fps: float
    k: int
    k_p: int
    peak: float = PEAK
    floor: float | None = None
    assumed: str = ""
    emotions: tuple[str, ...] = EMOTIONS
    rois: RoiSet = ME_TST_ROIS
    method: Method = RELEASED
    detector: str = detectors.RELEASED
    rule: extensible_peaks.Rule | None = None
    contrast: float | None = None
    synergy: str = PUBLISHED

    @property
    def decoder(self) -> Decoder:
        """What makes intervals of a whole video's curves."""
        if self.contrast is not None:
            return contrast.get_decoder("strict", k=self.k, least=self.contrast)
        if self.rule is None:
            return get_decoder("strict", k=self.k, peak=self.peak)
        return extensible_peaks.get_decoder("strict", k=self.k, peak=self.peak, rule=self.rule)

    @property
    def classes(self) -> tuple[str, ...]:
        """All classes in the order of the logits, neutral last; none of what only spots."""
        return (*self.emotions, NEUTRAL) if self.emotions else ()

    def emotion(self, label: int) -> str | None:
        """Name of a class by `synergy`; None where an interval of it is withdrawn."""
        neutral = label == len(self.emotions)
        return None if neutral and STRATEGIES[self.synergy].drops_neutral else self.classes[label]

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know about the networks themselves."""
        notes = [f"assumed: {self.assumed}"] if self.assumed else []
        if self.floor is None:
            notes.append(
                "no floor is known of these networks: the threshold is relative to the maximum of "
                "the video alone, so that every video has finds, a still picture too; --floor sets "
                "one"
            )
        return tuple(notes)


@dataclass(frozen=True)
class Model:
    """One network or several, whose curves are averaged, in eval mode.

    Attributes:
        networks: each maps flow (B, C, T) to a score (B, T) and logits (B, T, E + 1).
    """

    about: About
    networks: tuple[nn.Module, ...]


def streaming_networks(model: Model) -> tuple[Streaming, ...]:
    """Networks that take a video frame by frame.

    Raises:
        ConfigError: they read whole windows alone.
    """
    for network in model.networks:
        if not isinstance(network, Streaming):
            msg = (
                "stream: expected networks that take a video frame by frame, with `delay` and "
                "`stream` as in metst.systems.me_tst.stream.Streaming, got "
                f"{type(network).__name__}; `metst predict` takes it"
            )
            raise ConfigError(msg)
    return cast("tuple[Streaming, ...]", model.networks)


@torch.inference_mode()
def outputs(model: Model, flow: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Score (W, k) and logits (W, k, E + 1) of flow windows (W, C, k), of each network."""
    k, classes = model.about.k, len(model.about.emotions) + 1
    nothing = torch.zeros(0, k), torch.zeros(0, k, classes)
    several: list[tuple[Tensor, Tensor]] = []
    for network in model.networks:
        starts = range(0, len(flow), BLOCK)
        blocks = [nothing, *(network(flow[i : i + BLOCK]) for i in starts)]
        scores, logits = zip(*blocks, strict=True)
        several.append((torch.cat(scores), torch.cat(logits)))
    return several
