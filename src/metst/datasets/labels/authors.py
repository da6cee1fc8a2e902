"""Rows to samples as the authors' released code does it, its quirks included.

Emotions and samples of a video are appended to two lists independently, and the i-th emotion is
used for the i-th sample. A row that appends only one of the two therefore shifts all later emotions
of its video; `VideoLists.shifted` marks these videos. Videos without samples are left out of
training and evaluation, and so are subjects without videos. Source: the authors' released code.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from metst.base.errors import MetstError
from metst.datasets.labels.dropped import Dropped
from metst.datasets.labels.records import Expression, Recording, Timebase

Triple = tuple[int, int, int]
"""Onset, apex and offset; 0-based sub-sampled frames, -1 possible."""

KNOWN_EMOTIONS = frozenset(
    (
        *("anger", "contempt", "disgust", "fear", "repression", "sad", "sadness", "negative"),
        *("happiness", "happy", "positive", "surprise", "other", "others"),
    )
)
"""A row with any other word is ignored altogether."""

NOT_ANNOTATED = -1
"""Frame number that the tables give to an apex that could not be annotated."""


@dataclass(frozen=True)
class VideoLists:
    """What the authors' rules make of the micro-expressions of one video.

    Attributes:
        samples: in the order of the table, not of time.
        emotions: emotion classes; may be fewer or more than the samples.
        shifted: some sample is paired with the emotion of another row, or with none.
    """

    samples: tuple[Triple, ...]
    emotions: tuple[str, ...]
    shifted: bool
    dropped: tuple[Dropped, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether the video takes part in training and evaluation."""
        return bool(self.samples and self.emotions)


def video_lists(recording: Recording) -> VideoLists:
    """Apply the row rules to the micro-expressions of a recording.

    Names are compared literally: an expression whose video name differs from that of the recording
    in case is no row of it.
    """
    samples: list[Triple] = []
    emotions: list[str] = []
    own: list[str | None] = []
    dropped: list[Dropped] = []
    for e in recording.micro:
        reason = _ignored(e, recording)
        sample = None if reason else _sample(e, recording.timebase)
        if reason is None and e.emotion is not None:
            emotions.append(e.emotion)
        if sample is not None:
            samples.append(sample)
            own.append(e.emotion)
        elif reason is None:
            stays = "onset is 0; its emotion stays and goes to the next sample of the video"
            reason = "zero-frame", stays
        if reason is not None:
            code, why = reason
            dropped.append(Dropped("row", e.subject, e.video, e.row, why, code))
    return VideoLists(tuple(samples), tuple(emotions), own != emotions, tuple(dropped))


def kept(recordings: Iterable[Recording]) -> list[Recording]:
    """Recordings that take part, in their order; a subject without any of them is gone too."""
    return [recording for recording in recordings if video_lists(recording).kept]


def half_length(
    recordings: Iterable[Recording], middle: Callable[[Iterable[int]], float] = fmean
) -> int:
    """Half the mean ME length, k_p, in sub-sampled frames, over all samples of the kept videos.

    k_p = int((N + 1) / 2) with N the mean of offset - onset. Source: the authors' released code,
    which includes the samples of the held-out subject.

    Args:
        recordings: of all subjects.
        middle: what is taken in place of the mean.

    Raises:
        MetstError: there is no sample.
    """
    lists = (video_lists(recording) for recording in recordings)
    lengths = [offset - onset for v in lists if v.kept for onset, _, offset in v.samples]
    if not lengths:
        msg = "k_p is half the mean length of the micro-expressions, and none is left; check labels"
        raise MetstError(msg)
    return int((middle(lengths) + 1) / 2)


def dropped(recordings: Sequence[Recording]) -> list[Dropped]:
    """Every row, video and subject that the authors' rules leave out, with the reason."""
    lists = [(recording, video_lists(recording)) for recording in recordings]
    rows = [row for _, video in lists for row in video.dropped]
    videos = [
        Dropped("video", r.subject, r.video, None, _empty(r))
        for r, video in lists
        if not video.kept
    ]
    left = {r.subject for r, video in lists if video.kept}
    subjects = dict.fromkeys(r.subject for r in recordings if r.subject not in left)
    gone = [Dropped("subject", s, None, None, "no video with samples is left") for s in subjects]
    return rows + videos + gone


def _ignored(e: Expression, recording: Recording) -> tuple[str, str] | None:
    """Code and reason of a row that adds neither a sample nor an emotion; None where it does."""
    if e.video != recording.video and e.video.casefold() == recording.video.casefold():
        return "name-case", f"no folder is named exactly {e.video!r}"
    if e.emotion is None and e.label.lower() not in KNOWN_EMOTIONS:
        return "unmapped-emotion", f"emotion {e.label!r} is not in the authors' list"
    return None


def _sample(e: Expression, timebase: Timebase) -> Triple | None:
    """Sample of a row; without an offset it ends at the apex, without an onset there is none."""
    apex = NOT_ANNOTATED if e.apex is None else e.apex
    if e.offset != 0 and e.onset == 0:
        return None
    last = e.offset if e.offset != 0 else apex
    return timebase.to_frame(e.onset), timebase.to_frame(apex), timebase.to_frame(last)


def _empty(recording: Recording) -> str:
    if not recording.micro:
        return "no micro-expression is annotated; its false positives never count"
    return "no row of its micro-expressions gives both a sample and an emotion"
