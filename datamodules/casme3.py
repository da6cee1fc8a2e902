"""CAS(ME)^3, part A: Li et al., IEEE TPAMI 2023.

<root>/data/spNO.1/a/color/1.jpg ...   30 frames per second
<root>/*.xlsx, *.xls                   label tables, under any name
"""

from collections.abc import Sequence
from pathlib import Path

from datamodules.loso import LOSODataModule
from metst.datasets.check.datasets import CASME3, casme3_videos
from metst.datasets.labels.annotations import Annotations, VideoKey
from metst.datasets.labels.casme3 import read_casme3
from metst.video import numbered_frames


class CASME3DataModule(LOSODataModule):
    """Subjects `spNO.1` ... and videos `a` ... with their frames below `color`."""

    name = "casme3"
    facts = CASME3
    timebase = CASME3.timebase
    how_to_get = (
        "It is licensed: request part A at http://casme.psych.ac.cn/casme/e4, then put the folder "
        "`data` with the subjects and both label tables there, or set --data.root. "
        "To see everything work without it: make loso"
    )

    @property
    def videos_folder(self) -> Path:
        """Folder of the subjects."""
        return self.root / "data"

    def videos(self) -> Sequence[VideoKey]:
        """Folders of subjects and their videos."""
        return [(subject, video) for subject, video, _ in casme3_videos(self.root)]

    def frames(self, subject: str, video: str) -> list[Path]:
        """Position t holds image t + 1, or the next one where it was dropped."""
        return numbered_frames(self.videos_folder / subject / video / "color")

    def annotations(self) -> Annotations:
        """Micro-expressions, and macro-expressions and blinks where the full table is there."""
        return read_casme3(self.root)
