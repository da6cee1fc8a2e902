"""A fourth data set: clips `<root>/clips/<subject>-<video>/0001.png` and one table, `labels.csv`.

The table has the columns subject, video, onset, apex, offset and emotion; frames count from 0.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from datamodules.loso import LOSODataModule
from metst.datasets.base import DataSet
from metst.datasets.labels import Annotations, Expression, Timebase
from metst.datasets.labels.annotations import VideoKey
from metst.datasets.labels.emotions import Emotions
from metst.datasets.labels.tables import read_table
from metst.video import nth_frames


class Fourth(DataSet):
    """Clips at 50 frames per second, every second of which is kept."""

    name = "fourth"
    how_to_get = "Ask the Fourth Laboratory."
    timebase = Timebase(fps=50.0, skip=2, first=0)
    words: Mapping[str, str] = {
        "joy": "positive",
        "anger": "negative",
        "fear": "negative",
        "surprise": "surprise",
    }
    unscored = ("others",)

    def videos_folder(self, root: Path) -> Path:
        """Folder of the clips."""
        return root / "clips"

    def videos(self, root: Path) -> Sequence[VideoKey]:
        """Clips `<subject>-<video>`."""
        names = [folder.name.split("-") for folder in self.videos_folder(root).iterdir()]
        return [(subject, video) for subject, video in names]

    def frames(self, root: Path, subject: str, video: str) -> list[Path]:
        """Every second image."""
        return nth_frames(self.videos_folder(root) / f"{subject}-{video}", self.timebase.skip)

    def annotations(self, root: Path, emotions: Emotions | None = None) -> Annotations:
        """All rows are micro-expressions; what cannot be read is a finding."""
        emotions = emotions or self.emotions()
        names, numbers = ("subject", "video"), ("onset", "apex", "offset")
        table = read_table(root / "labels.csv", (*names, *numbers, "emotion"))
        rows = tuple(
            Expression(
                row.text("subject"),
                row.text("video"),
                row.integer("onset") or 0,
                row.integer("apex"),
                row.integer("offset") or 0,
                emotion=emotions.class_of(row.text("emotion")),
                label=row.text("emotion"),
                row=row.number,
            )
            for row in table.named_rows(names)
        )
        findings = tuple(table.problems(names, numbers, ("emotion",)))
        return Annotations(self.name, rows, len(rows), {"micro": table.path}, findings)


class FourthDataModule(LOSODataModule):
    dataset = Fourth()
