"""CAS(ME)^3, part A: Li et al., IEEE TPAMI 2023.

<root>/data/spNO.1/a/color/1.jpg ...   30 frames per second
<root>/*.xlsx, *.xls                   label tables, under any name
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from metst.datasets.base import ImageFolders, subfolders
from metst.datasets.labels.annotations import Annotations, VideoKey
from metst.datasets.labels.casme3 import read_casme3
from metst.datasets.labels.emotions import Emotions
from metst.datasets.labels.records import Timebase
from metst.datasets.published import OWN, UNSCORED, Published


class Casme3(ImageFolders):
    """Subjects `spNO.1` ... and videos `a` ... with their frames below `color`."""

    name = "casme3"
    how_to_get = (
        "It is licensed: request part A at http://casme.psych.ac.cn/casme/e4, then put the folder "
        "`data` with the subjects and both label tables there, or set --data.root. "
        "To see everything work without it: make loso"
    )
    timebase = Timebase(fps=30.0)
    by_name = True
    apex_optional = False
    # Source of the classes: the authors' released code.
    words: Mapping[str, str] = {
        "anger": "negative",
        "disgust": "negative",
        "fear": "negative",
        "sad": "negative",
        "happy": "positive",
        "surprise": "surprise",
        "others": "others",
    }
    seven = ("anger", "disgust", "fear", "sad", "happy", "surprise", "others")
    # Li et al.; the label files count four macro-expressions more.
    published_counts: Mapping[str, tuple[int, ...]] = {
        "micro": (860,),
        "subjects": (94,),
        "videos": (463, 462),
        "macro": (3342, 3346),
        "folder_videos": (1300,),
        "folder_subjects": (100,),
    }
    published_scores: tuple[Published, ...] = (
        Published("ME-TST, with synergy", "I-IV", 0.0387, 0.0802, None, 0.4830, 0.4754, 0.4878),
        Published("ME-TST, without synergy", "IV", 0.0314, 0.0753, None, 0.4171),
        Published("BoostingVRME", "", 0.0562, 0.0997, None, 0.5638, source=OWN, rules=UNSCORED),
        Published("SFAMNet", "I-III", 0.0331, 0.0716, None, 0.4619, 0.4462, 0.4767),
        Published("MEAN", "I-III", 0.0100, 0.0283, None, 0.3532, 0.3894, 0.4004),
        Published("LSSNet", "I", spotting=0.0653),
        Published("SP-FD", "I", spotting=0.0103),
        Published("OF-FD", "I", spotting=0.0000),
        Published("RCN-A", "II", uf1=0.3928, uar=0.3893),
        Published("STSTNet", "II", uf1=0.3795, uar=0.3792),
        Published("FeatRef", "II", uf1=0.3493, uar=0.3413),
        Published("AlexNet", "II", uf1=0.3001, uar=0.2982),
    )

    def videos_folder(self, root: Path) -> Path:
        """Folder of the subjects."""
        return root / "data"

    def videos(self, root: Path) -> Sequence[VideoKey]:
        """Folders of subjects and their videos."""
        top = self.videos_folder(root)
        return [(subject, v) for subject in subfolders(top) for v in subfolders(top / subject)]

    def images(self, root: Path, subject: str, video: str) -> Path:
        """Folder of the color images."""
        return self.videos_folder(root) / subject / video / "color"

    def annotations(self, root: Path, emotions: Emotions | None = None) -> Annotations:
        """Micro-expressions, and macro-expressions and blinks where the full table is there."""
        return read_casme3(root, emotions or self.emotions())


CASME3 = Casme3()
