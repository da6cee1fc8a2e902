"""What a folder of one's own holds, as the group `folder` of an experiment's YAML describes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from metst.base.settings import require
from metst.datasets.labels.records import EMOTIONS, Kind

Unit = Literal["frames", "seconds", "milliseconds"]
"""What onset, apex and offset of a table count."""

CHOOSE = "CHOOSE"
"""Stands in a draft for what its reader has to choose."""

FIELDS = ("subject", "video", "onset", "apex", "offset", "emotion", "kind")
"""What is read of a label table; onset and offset must be there."""


@dataclass(frozen=True)
class FolderOptions:
    """A folder of videos with labels.

    Attributes:
        name: of the data set, in stores and messages.
        videos: where they are below the root: video files or folders of images, such as
            `videos/{subject}_{video}.mp4`. `{subject}` ends as early as it can, `*` is any text;
            without `{video}`, a video is named like its file.
        labels: a table (CSV, xlsx, xls) below the root, or with `{subject}` and `{video}` one table
            or ELAN file (.eaf) per video.
        fps: frames per second; where it is not given, that of the first video file. Videos of
            another rate are read as if they had this one.
        skip: every `skip`-th frame is analyzed. ME-TST is made for about 30 frames/s: 2 for 60, 7
            for 200 frames/s.
        first: number of a video's first frame in the labels.
        unit: what onset, apex and offset count. ELAN counts milliseconds, whatever is given.
        columns: field (subject, video, onset, apex, offset, emotion, kind) -> its column, which
            must be there. Without a column for the subject, that of the video holds names of videos
            or their files. In ELAN files the tier is the kind, an annotation's text the emotion.
        kinds: word of the kind, or tier -> micro, macro or blink; null: it is left out. `Micro...`
            and `Macro...` need no entry. Without a column all rows are micro-expressions.
        emotions: word -> negative, positive, surprise or others; null: such micro-expressions are
            not part of the task. The word "" stands for none.

    Raises:
        ConfigError: a value that cannot work.
    """

    name: str
    videos: str
    labels: str
    fps: float | None = None
    skip: int = 1
    first: int = 1
    unit: Unit = "frames"
    columns: Mapping[str, str] = field(default_factory=lambda: {f: f for f in FIELDS})
    kinds: Mapping[str, Kind | None] = field(default_factory=dict)
    emotions: Mapping[str, str | None] = field(default_factory=lambda: {c: c for c in EMOTIONS})

    def __post_init__(self) -> None:
        texts = {"videos": self.videos, "labels": self.labels, "fps": self.fps, **self.columns}
        for name, text in texts.items():
            require(f"data.folder.{name}", text, text != CHOOSE, "your choice in its place")
        rate = self.fps is None or 0 < self.fps < 1e6
        require("data.folder.fps", self.fps, rate, "frames per second above 0")
        require("data.folder.skip", self.skip, self.skip >= 1, "1 or more")
        require("data.folder.first", self.first, self.first >= 0, "0 or more")
        require(
            "data.folder.unit", self.unit, self.unit in get_args(Unit), " | ".join(get_args(Unit))
        )
        named = "{subject}" in self.videos and not self.videos.startswith("/")
        require("data.folder.videos", self.videos, named, "a pattern with {subject} below the root")
        below = "{" not in self.labels or ("{subject}" in self.labels and self.labels[0] != "/")
        require("data.folder.labels", self.labels, below, "a file, or a pattern with {subject}")
        for name in self.columns:
            require("data.folder.columns", name, name in FIELDS, f"some of {', '.join(FIELDS)}")
        for name in ("kinds", "emotions"):  # codes are numbers in YAML, text in tables
            words = {_word(name, word): value for word, value in getattr(self, name).items()}
            object.__setattr__(self, name, words)
        kinds = (*get_args(Kind), None)
        for word, kind in self.kinds.items():
            require(f"data.folder.kinds.{word}", kind, kind in kinds, "micro, macro, blink or null")
        classes = (*EMOTIONS, None)
        for word, emotion in self.emotions.items():
            expected = f"{', '.join(EMOTIONS)} or null"
            require(f"data.folder.emotions.{word}", emotion, emotion in classes, expected)


def _word(name: str, word: object) -> str:
    """A key of a map of words, which YAML may take for a number or a truth value."""
    text = str(word) if type(word) is int else word
    expected = "words (no, on, 1.5 and null are none in YAML): put it in quotes"
    require(f"data.folder.{name}", word, isinstance(text, str), expected)
    return str(text)
