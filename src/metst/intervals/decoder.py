"""From the curves of videos to intervals with labels: the stages of one decoder put together.

Each system has two: `authors`, as the released code does it, and `strict`, with its quirks
corrected and nothing taken from the held-out subject. How the intervals are judged is another
matter, see `metst.scoring.protocols`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from metst.base.errors import ConfigError
from metst.datasets.labels.authors import video_lists
from metst.datasets.labels.records import Recording
from metst.intervals.peaks import PEAK, PeakDecoder, clipped, unclipped
from metst.intervals.proposals import Proposals
from metst.intervals.sampled import Switches
from metst.intervals.spans import half_length_all, half_length_training
from metst.intervals.spotting import smooth_authors, smooth_centered
from metst.intervals.stitching import Curves, WindowOutputs, stitch_authors, stitch_average
from metst.intervals.synergy import RELEASED, STRICT, Motion

__all__ = ["DECODERS", "PEAK", "Decoder", "DecoderName", "Quirks", "get_decoder", "is_strict"]

DecoderName = Literal["authors", "strict"]
DECODERS: tuple[DecoderName, ...] = ("authors", "strict")


@dataclass(frozen=True, kw_only=True)
class Decoder(PeakDecoder):
    """Peaks of a score that comes in overlapping windows: ME-TST.

    Attributes:
        stitch: windows of a subject -> curves of its videos.
    """

    stitch: Callable[[WindowOutputs], Curves]

    def curves(self, outputs: WindowOutputs) -> Curves:
        """Curves of the subject's videos, in their order, on the device of the outputs."""
        return self.stitch(outputs)

    def propose(
        self,
        curves: Curves,
        recordings: Sequence[Recording],
        k_p: int,
        motion: Motion | None = None,
    ) -> Proposals:
        """See `PeakDecoder.around_peaks`."""
        return self.around_peaks(curves, recordings, k_p, motion)

    def named(self, curves: Curves, intervals: Proposals) -> Proposals:
        """Given intervals of the same videos with probabilities and labels.

        They are labeled by the strategies that look at one interval alone.
        """
        return self.voting.named(curves, intervals)


@dataclass(frozen=True)
class Quirks(Switches):
    """What `strict` does otherwise than ME-TST's released code; each can be turned off.

    Attributes:
        halves: a curve is the second halves of its windows, and the first half where a batch begins
            (`stitch_authors`); else the mean over all windows that see a frame.
        even_box: the score is averaged over 2 k_p frames, one more before than behind; else over
            the 2 k_p + 1 around each.
        unclipped: intervals may reach beyond the ends of the video.
        inner_votes: frames near the ends of an interval do not vote on its emotion, and the class
            that is seen first wins; else all vote, and the more probable class wins.
        all_subjects: k_p is measured over all subjects, the left-out one included.
    """

    halves: bool = True
    even_box: bool = True
    unclipped: bool = True
    inner_votes: bool = True
    all_subjects: bool = True


def get_decoder(
    name: str,
    *,
    k: int,
    batch_size: int = 1,
    peak: float = PEAK,
    quirks: Quirks = Quirks(),
) -> Decoder:
    """Decoder by name.

    Args:
        name: `authors`, or `strict` without any quirk.
        k: frames per window.
        batch_size: windows per test batch; only the authors' stitching depends on it.
        peak: p of the peak threshold, 0.55 in the released code.
        quirks: of `authors`.

    Raises:
        ConfigError: the name is not known, or k or batch_size cannot be used.
    """
    if k < 2 or k % 2 or batch_size < 1:
        msg = f"decoder: expected an even k and batch_size >= 1, got {k=}, {batch_size=}"
        raise ConfigError(msg)
    has = Quirks.none() if is_strict(name) else quirks
    released = partial(_stitch_as_released, batch_size=batch_size)
    return Decoder(
        name=name,
        stitch=released if has.halves else stitch_average,
        smooth=smooth_authors if has.even_box else smooth_centered,
        limit=unclipped if has.unclipped else clipped,
        voting=RELEASED if has.inner_votes else STRICT,
        k_p_of=half_length_all if has.all_subjects else half_length_training,
        peak=peak,
    )


def is_strict(name: str) -> bool:
    """Whether a decoder is the `strict` one.

    Raises:
        ConfigError: the name is not known.
    """
    if name not in DECODERS:
        msg = f"decoder: expected one of {', '.join(DECODERS)}, got {name!r}"
        raise ConfigError(msg)
    return name == "strict"


def _stitch_as_released(outputs: WindowOutputs, batch_size: int) -> Curves:
    """The released stitching of a subject whose videos without MEs are not loaded."""
    loaded = [video_lists(recording).kept for recording in outputs.recordings]
    return stitch_authors(outputs, batch_size, loaded)
