"""Any data module as a data set that can be checked."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from os.path import commonpath
from pathlib import Path
from typing import ClassVar, Protocol

from metst.check.datasets import DataSet, VideoFolder
from metst.errors import DataError
from metst.labels.annotations import Annotations, VideoKey
from metst.labels.records import Timebase


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
        folders=lambda _: _folders(module),
        timebase=module.timebase,
        by_name=False,
        apex_optional=True,
    )


class _OfModule(DataSet):
    """A data set of which there is a name per sub-sampled frame, not per image."""

    numbered: ClassVar[bool] = False

    def last_number(self, names: Sequence[str]) -> int:
        """Own number of the last frame."""
        return self.timebase.to_number(len(names)) - 1

    def length(self, names: Sequence[str]) -> int:
        """Sub-sampled frames."""
        return len(names)


def _folders(module: CheckedData) -> Iterator[VideoFolder]:
    for subject, video in module.videos():
        try:
            files = module.frames(subject, video)
        except DataError as error:
            yield VideoFolder(subject, video, error.path, ())
            continue
        parent = Path(commonpath([file.parent for file in files] or [module.root]))
        names = tuple(str(file.relative_to(parent)) for file in files)
        yield VideoFolder(subject, video, parent, names)
