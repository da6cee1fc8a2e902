"""What happens in every video of a generated data set."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from experiments.bench.rehearsal.shapes import Shape
from metst.base.randomness import generator
from metst.datasets.labels import Expression, Kind, Recording
from metst.datasets.registry import dataset

TRIES = 20
"""Places that are tried for an expression that shall lie over no ME, before it is made shorter."""


@dataclass
class _Video:
    """A video while it is written; frames are the data set's own."""

    subject: str
    name: str
    micro: int
    annotated: bool
    frames: int = 0
    lengths: list[int] = field(default_factory=list)
    expressions: list[Expression] = field(default_factory=list)


def recordings(shape: Shape, seed: int = 100) -> tuple[Recording, ...]:
    """Recordings of a shape with all that is annotated in them, by subject and video.

    Equal for equal arguments. The shortest video holds the shortest ME.
    """
    rng = generator(seed, "rehearsal", shape.name)
    videos = list(_videos(shape, rng))
    _deal_frames(shape, videos, rng)
    covered = _place_micro(shape, videos, rng)
    _place_macros(shape, videos, covered, rng)
    _place_blinks(shape, videos, rng)
    return tuple(
        Recording(
            v.subject,
            v.name,
            -(-v.frames // shape.timebase.skip),
            shape.timebase,
            tuple(v.expressions),
        )
        for v in videos
    )


def _videos(shape: Shape, rng: np.random.Generator) -> Iterator[_Video]:
    """All videos with their numbers of MEs, dealt to the subjects."""
    of_subjects = _deal_micro(shape)
    order = rng.permutation(shape.subjects)
    annotated = range(shape.annotated_subjects)
    # Subjects without MEs, of which something is annotated all the same.
    other = {(subject, 0) for subject in annotated if not sum(of_subjects[subject])}
    free = [(s, i) for s in annotated for i, n in enumerate(of_subjects[s]) if not n]
    rest = [place for place in free if place not in other]
    more = rng.choice(len(rest), shape.other_videos - len(other), replace=False)
    other |= {rest[i] for i in more}
    for number, subject in enumerate(order, start=1):
        places = rng.permutation(len(of_subjects[subject])).tolist()
        for index, place in enumerate(places):
            micro = of_subjects[subject][place]
            name, video = _names(shape, number, index)
            yield _Video(name, video, micro, bool(micro) or (subject, place) in other)


def _deal_micro(shape: Shape) -> list[list[int]]:
    """Number of MEs of each video of each subject."""
    wanted = [n for n, count in shape.micro_of_subjects.items() for _ in range(count)]
    wanted += [0] * (shape.subjects - len(wanted))
    each, more = divmod(shape.videos, shape.subjects)
    room = [each + (subject < more) for subject in range(shape.subjects)]
    dealt: list[list[int]] = [[] for _ in wanted]
    counts = sorted((n for n, c in shape.micro_of_videos.items() for _ in range(c)), reverse=True)
    for count in counts:
        # The largest first to whom lacks most, so that the many videos with one ME come out even.
        subject = max(
            (s for s in range(len(wanted)) if len(dealt[s]) < room[s]),
            key=lambda s: wanted[s] - sum(dealt[s]),
        )
        dealt[subject].append(count)
    return [have + [0] * (room[s] - len(have)) for s, have in enumerate(dealt)]


def _names(shape: Shape, subject: int, video: int) -> tuple[str, str]:
    """Names of a subject and a video as the data set writes them."""
    if shape.name == "sammlv":
        return f"{subject + 5:03}", f"{subject + 5:03}_{video + 1}"
    return f"spNO.{subject}", chr(ord("a") + video)


def _deal_frames(shape: Shape, videos: list[_Video], rng: np.random.Generator) -> None:
    """Length of each video and of the MEs in it."""
    free = np.rint(shape.frames.values(len(videos))).astype(int).tolist()  # rising
    lengths = _lengths(shape, "micro", shape.micro, rng)
    if shape.longest:
        lengths[int(np.argmax(lengths))] = shape.longest
    shortest = int(np.argmin(lengths))
    lengths[shortest] = round(shape.lengths["micro"].points[0])
    place = 0
    for video in videos:
        video.lengths = lengths[place : place + video.micro]
        if video.micro == 1 and not any(v.frames for v in videos):
            lengths[place], lengths[shortest] = lengths[shortest], lengths[place]
            video.lengths, video.frames = [lengths[place]], free.pop(0)
        place += video.micro
    waiting = [videos[i] for i in rng.permutation(len(videos)) if not videos[i].frames]
    for video in sorted(waiting, key=lambda v: -sum(v.lengths)):
        enough = int(np.searchsorted(free, sum(video.lengths) + 2 * video.micro))
        video.frames = free.pop(int(rng.integers(min(enough, len(free) - 1), len(free))))


def _lengths(shape: Shape, kind: Kind, count: int, rng: np.random.Generator) -> list[int]:
    """Lengths of all expressions of a kind, in random order."""
    values = np.rint(shape.lengths[kind].values(count)).astype(int)
    lengths: list[int] = values[rng.permutation(count)].tolist()
    return lengths


def _place_micro(
    shape: Shape, videos: list[_Video], rng: np.random.Generator
) -> dict[int, list[Expression]]:
    """Put the MEs into their videos; returns those that a MaE shall overlap, by video."""
    labels = [label for label, count in shape.emotions.items() for _ in range(count)]
    labels = [labels[i] for i in rng.permutation(len(labels))]
    apexes = shape.apex.values(shape.micro)[rng.permutation(shape.micro)].tolist()
    crowded = [i for i, v in enumerate(videos) if v.micro > 1]
    touching = set(rng.choice(crowded, shape.overlapping, replace=False).tolist())
    for index, video in enumerate(videos):
        onsets = _apart(video.lengths, video.frames, rng)
        if index in touching:
            onsets[1] = onsets[0] + video.lengths[0] - 1 - min(video.lengths[:2]) // 3
        for onset, length in zip(onsets, video.lengths, strict=True):
            apex = onset + round(apexes.pop() * (length - 1))
            span = (onset, apex, onset + length - 1)
            video.expressions.append(_expression(shape, video, span, "micro", labels.pop()))
    alone = [(i, e) for i, v in enumerate(videos) for e in v.expressions if v.frames > shape.k]
    covered: dict[int, list[Expression]] = {}
    for i in rng.choice(len(alone), shape.over_macro, replace=False):
        covered.setdefault(alone[i][0], []).append(alone[i][1])
    return covered


def _apart(lengths: list[int], frames: int, rng: np.random.Generator) -> list[int]:
    """Random onsets of intervals that do not overlap: the frames left over are dealt at random."""
    free = frames - sum(lengths)
    before = np.concatenate([[0], np.cumsum(lengths)[:-1]]) if lengths else np.zeros(0, int)
    onsets: list[int] = (1 + np.sort(rng.integers(free + 1, size=len(lengths))) + before).tolist()
    return [int(onset) for onset in onsets]


def _place_macros(
    shape: Shape,
    videos: list[_Video],
    covered: Mapping[int, list[Expression]],
    rng: np.random.Generator,
) -> None:
    """Put the MaEs into the annotated videos: some over an ME, the others beside all."""
    least = [len(covered.get(i, ())) or (v.annotated and not v.micro) for i, v in enumerate(videos)]
    lengths = _lengths(shape, "macro", shape.macros, rng)
    without = shape.without_onset
    for index, count in enumerate(_deal(videos, shape.macros, np.array(least, int), rng)):
        video, under = videos[index], list(covered.get(index, ()))
        for _ in range(count):
            length = min(lengths.pop(), video.frames)
            if under:
                middle = (under[0].onset + under.pop(0).offset) // 2
                onset = min(max(1, middle - int(rng.integers(length))), video.frames - length + 1)
            else:
                onset, length = _beside(video, length, rng)
            begin = 0 if without else onset
            without -= begin == 0
            apex = onset + length // 3
            span = (begin, apex, onset + length - 1)
            video.expressions.append(_expression(shape, video, span, "macro", ""))


def _beside(video: _Video, length: int, rng: np.random.Generator) -> tuple[int, int]:
    """Onset and length of an expression that overlaps no ME; shorter where there is no room."""
    micro = [e for e in video.expressions if e.kind == "micro"]
    while True:
        for _ in range(TRIES):
            onset = int(rng.integers(1, video.frames - length + 2))
            if length == 1 or all(e.offset < onset or onset + length <= e.onset for e in micro):
                return onset, length
        length = (length + 1) // 2


def _place_blinks(shape: Shape, videos: list[_Video], rng: np.random.Generator) -> None:
    """Put the blinks anywhere into the annotated videos."""
    if not shape.blinks:
        return
    lengths = _lengths(shape, "blink", shape.blinks, rng)
    counts = _deal(videos, shape.blinks, np.zeros(len(videos), int), rng)
    for video, count in zip(videos, counts, strict=True):
        for _ in range(count):
            length = min(lengths.pop(), video.frames)
            onset = int(rng.integers(1, video.frames - length + 2))
            span = (onset, None, onset + length - 1)
            video.expressions.append(_expression(shape, video, span, "blink", ""))


def _deal(
    videos: list[_Video], total: int, least: NDArray[np.int_], rng: np.random.Generator
) -> list[int]:
    """Deal `total` expressions to the annotated videos, by their length, above a least number."""
    weights = np.array([v.frames * v.annotated for v in videos], float)
    counts: list[int] = (
        least + rng.multinomial(total - least.sum(), weights / weights.sum())
    ).tolist()
    return counts


def _expression(
    shape: Shape, video: _Video, span: tuple[int, int | None, int], kind: Kind, label: str
) -> Expression:
    emotion = dataset(shape.name).emotions().class_of(label)
    return Expression(video.subject, video.name, *span, kind, emotion, label)
