"""SAMM Long Videos: Yap et al., FG 2020; emotions from SAMM: Davison et al., IEEE TAC 2018.

<root>/SAMM_longvideos/006_1/*.jpg     200 frames per second, every 7th is kept
<root>/*.xlsx                          the two label tables, under any name
"""

from collections.abc import Sequence
from pathlib import Path

from datamodules.loso import LOSODataModule
from metst.datasets.check.datasets import SAMMLV, sammlv_videos
from metst.datasets.labels.annotations import Annotations, VideoKey
from metst.datasets.labels.sammlv import read_sammlv
from metst.video import nth_frames


class SAMMLVDataModule(LOSODataModule):
    """Videos `<subject>_<n>`; leading zeros of a subject are part of its name."""

    name = "sammlv"
    facts = SAMMLV
    timebase = SAMMLV.timebase
    analyzed = ("negative", "positive", "surprise")  # published scores leave "others" out
    how_to_get = (
        "It is licensed: request SAMM Long Videos from Manchester Metropolitan University "
        "(https://helward.mmu.ac.uk/STAFF/m.yap/dataset.php), then put the folder "
        "`SAMM_longvideos` and both label tables there, or set --data.root. "
        "To see everything work without it: make loso"
    )

    @property
    def videos_folder(self) -> Path:
        """Folder of the videos."""
        return self.root / "SAMM_longvideos"

    def videos(self) -> Sequence[VideoKey]:
        """Subject, the text before the first `_`, and folder of each video."""
        return [(subject, video) for subject, video, _ in sammlv_videos(self.root)]

    def frames(self, subject: str, video: str) -> list[Path]:  # noqa: ARG002
        """Every 7th image in natural file order, from the first."""
        return nth_frames(self.videos_folder / video, self.timebase.skip)

    def annotations(self) -> Annotations:
        """Micro-expressions with the emotions of the second table, and macro-expressions."""
        return read_sammlv(self.root)
