"""A fourth data set: clips `<root>/clips/<subject>-<video>/0001.png` and one table, `labels.csv`.

The table has the columns subject, video, onset, apex, offset and emotion; frames count from 0.
"""

from collections.abc import Sequence
from pathlib import Path

from datamodules.loso import LOSODataModule
from metst.datasets.labels import Annotations, Expression, Timebase
from metst.datasets.labels.annotations import VideoKey
from metst.datasets.labels.tables import read_table
from metst.video import nth_frames

CLASSES = {"joy": "positive", "anger": "negative", "fear": "negative", "surprise": "surprise"}


class FourthDataModule(LOSODataModule):
    """Clips at 50 frames per second, every second of which is kept."""

    name = "fourth"
    timebase = Timebase(fps=50.0, skip=2, first=0)
    analyzed: tuple[str, ...] = ("negative", "positive", "surprise")
    how_to_get = "Ask the Fourth Laboratory."

    @property
    def videos_folder(self) -> Path:
        """Folder of the clips."""
        return self.root / "clips"

    def videos(self) -> Sequence[VideoKey]:
        """Clips `<subject>-<video>`."""
        names = [folder.name.split("-") for folder in self.videos_folder.iterdir()]
        return [(subject, video) for subject, video in names]

    def frames(self, subject: str, video: str) -> list[Path]:
        """Every second image."""
        return nth_frames(self.videos_folder / f"{subject}-{video}", self.timebase.skip)

    def annotations(self) -> Annotations:
        """All rows are micro-expressions; what cannot be read is a finding."""
        names, numbers = ("subject", "video"), ("onset", "apex", "offset")
        table = read_table(self.root / "labels.csv", (*names, *numbers, "emotion"))
        rows = tuple(
            Expression(
                row.text("subject"),
                row.text("video"),
                row.integer("onset") or 0,
                row.integer("apex"),
                row.integer("offset") or 0,
                emotion=CLASSES.get(row.text("emotion")),
                label=row.text("emotion"),
                row=row.number,
            )
            for row in table.named_rows(names)
        )
        findings = tuple(table.problems(names, numbers, ("emotion",)))
        return Annotations(self.name, rows, len(rows), {"micro": table.path}, findings)
