"""Any data module as a data set that can be checked."""

from collections.abc import Sequence
from dataclasses import replace
from os.path import commonpath
from pathlib import Path
from typing import Protocol

from metst.base.errors import DataError
from metst.datasets.check.datasets import DataSet, VideoFolder, unusable
from metst.datasets.labels.annotations import Annotations, VideoKey
from metst.datasets.labels.records import Timebase
from metst.video import FrameList, images_only


class CheckedData(Protocol):
    """What a check must know of a data module, see `datamodules.features`."""

    name: str
    root: Path
    timebase: Timebase

    def videos(self) -> Sequence[VideoKey]:
        """Subject and folder name of each video."""

    def frames(self, subject: str, video: str) -> list[Path]:
        """Image file of each sub-sampled frame of a video; `VideoError` where there is none."""

    def annotations(self) -> Annotations:
        """What the label tables contain."""


def data_set_of(module: CheckedData) -> DataSet:
    """The facts that the class of a data module names in `facts`, else what the module knows."""
    known = vars(type(module)).get("facts")
    if isinstance(known, DataSet):
        return replace(known, timebase=module.timebase)
    return _OfModule(
        name=module.name,
        read=lambda _: module.annotations(),
        folders=lambda _: (_folder(module, *key) for key in module.videos()),
        timebase=module.timebase,
        by_name=False,
        apex_optional=True,
    )


class _OfModule(DataSet):
    """A data set of which there is a name per sub-sampled frame, not per image."""

    def last_number(self, names: Sequence[str]) -> int:
        """Own number of the last frame."""
        return self.timebase.to_number(len(names)) - 1

    def length(self, names: Sequence[str]) -> int:
        """Sub-sampled frames."""
        return len(names)


def _folder(module: CheckedData, subject: str, video: str) -> VideoFolder:
    try:
        frames = module.frames(subject, video)
        files = images_only(frames)
    except DataError as error:
        return VideoFolder(subject, video, error.path, remarks=(unusable(error),))
    parent = Path(commonpath([file.parent for file in files] or [module.root]))
    names = tuple(str(file.relative_to(parent)) for file in files)
    remarks = frames.remarks if isinstance(frames, FrameList) else ()
    return VideoFolder(subject, video, parent, names, remarks=remarks)
