"""A fourth data set: clips `<root>/clips/<subject>-<video>/0001.png` and one table, `labels.csv`.

The table has the columns subject, video, onset, apex, offset and emotion; frames count from 0.
"""

import csv
from collections.abc import Sequence
from pathlib import Path

from datamodules.loso import LOSODataModule
from metst.labels import Annotations, Expression, Timebase
from metst.labels.annotations import VideoKey
from metst.video import nth_frames
from tests.roi_flow.faces import FakeDetector

CLASSES = {"joy": "positive", "anger": "negative", "fear": "negative", "surprise": "surprise"}


class FourthDataModule(LOSODataModule):
    """Clips at 50 frames per second, every second of which is kept."""

    name = "fourth"
    timebase = Timebase(fps=50.0, skip=2, first=0)
    analyzed: tuple[str, ...] = ("negative", "positive", "surprise")
    how_to_get = "Ask the Fourth Laboratory."
    detector = FakeDetector()  # the clips show no real faces

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
        """All rows are micro-expressions."""
        with (self.root / "labels.csv").open(newline="") as file:
            rows = [
                Expression(
                    row["subject"],
                    row["video"],
                    int(row["onset"]),
                    int(row["apex"]),
                    int(row["offset"]),
                    emotion=CLASSES.get(row["emotion"]),
                    label=row["emotion"],
                )
                for row in csv.DictReader(file)
            ]
        return Annotations(self.name, tuple(rows), len(rows))
