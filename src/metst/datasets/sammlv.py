"""SAMM Long Videos: Yap et al., FG 2020; emotions from SAMM: Davison et al., IEEE TAC 2018.

<root>/SAMM_longvideos/006_1/*.jpg     200 frames per second, every 7th is kept
<root>/*.xlsx                          the two label tables, under any name
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from metst.datasets.base import ImageFolders, subfolders
from metst.datasets.labels.annotations import Annotations, VideoKey
from metst.datasets.labels.emotions import Emotions
from metst.datasets.labels.records import Timebase
from metst.datasets.labels.sammlv import read_sammlv
from metst.datasets.published import OWN, UNSCORED, Published


class SammLv(ImageFolders):
    """Videos `<subject>_<n>`; leading zeros of a subject are part of its name."""

    name = "sammlv"
    how_to_get = (
        "It is licensed: request SAMM Long Videos from Manchester Metropolitan University "
        "(https://helward.mmu.ac.uk/STAFF/m.yap/dataset.php), then put the folder "
        "`SAMM_longvideos` and both label tables there, or set --data.root. "
        "To see everything work without it: make loso"
    )
    timebase = Timebase(fps=200.0, skip=7)
    # Source of the classes: the authors' released code.
    words: Mapping[str, str] = {
        "anger": "negative",
        "contempt": "negative",
        "disgust": "negative",
        "fear": "negative",
        "sadness": "negative",
        "happiness": "positive",
        "surprise": "surprise",
        "other": "others",
    }
    seven = ("anger", "contempt", "disgust", "fear", "sadness", "happiness", "surprise")
    unscored = ("others",)
    # Yap et al.: 32 subjects; the label tables name 30.
    published_counts: Mapping[str, tuple[int, ...]] = {
        "micro": (159,),
        "macro": (343,),
        "annotated_videos": (147,),
        "annotated_subjects": (32, 30),
        "folder_videos": (147,),
        "folder_subjects": (32, 30),
    }
    published_scores: tuple[Published, ...] = (
        Published("ME-TST, with synergy", "I, III, IV", 0.1356, 0.2167, 0.3019, 0.6259),
        Published("ME-TST, without synergy", "IV", 0.1321, 0.2130, None, 0.6202),
        Published("BoostingVRME", "", 0.2000, 0.2906, None, 0.6882, source=OWN, rules=UNSCORED),
        Published("MEAN", "I, III", 0.0499, 0.0949, 0.1635, 0.5263),
        Published("OF-FD", "I", spotting=0.2162),
        Published("SOFTNet (Liong et al.)", "I", spotting=0.1520),
        Published("SP-FD", "I", spotting=0.1331),
        Published("LSSNet", "I", spotting=0.1310),
        Published("MESNet", "I", spotting=0.0880),
        Published("3D-CNN (Yap et al.)", "", spotting=0.0466, source=OWN),
        Published("MDMD (He et al.)", "I", spotting=0.0364),
    )

    def videos_folder(self, root: Path) -> Path:
        """Folder of the videos."""
        return root / "SAMM_longvideos"

    def videos(self, root: Path) -> Sequence[VideoKey]:
        """Subject, the text before the first `_`, and folder of each video; others are none."""
        names = subfolders(self.videos_folder(root))
        return [(name.split("_")[0], name) for name in names if "_" in name]

    def images(self, root: Path, subject: str, video: str) -> Path:  # noqa: ARG002
        """Folder of the images."""
        return self.videos_folder(root) / video

    def annotations(self, root: Path, emotions: Emotions | None = None) -> Annotations:
        """Micro-expressions with the emotions of the second table, and macro-expressions."""
        return read_sammlv(root, emotions or self.emotions())


SAMMLV = SammLv()
