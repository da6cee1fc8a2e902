"""Errors a user can fix: each message has what was expected, what came, where, and what to do."""

from pathlib import Path

from metst.base.names import printable


class MetstError(Exception):
    """Base of every error that the command line reports as one message, without a traceback."""


class ConfigError(MetstError):
    """A configuration that cannot be used: unknown key, wrong type, contradicting values."""


class DataError(MetstError):
    """A file or folder of a data set that is missing or cannot be read.

    Attributes:
        path: the file or folder concerned.
        message: what is wrong with it.
    """

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(printable(f"{path}: {message}"))
        self.path, self.message = path, message


class LabelError(DataError):
    """A label table without the expected sheet, columns or values."""


class VideoError(DataError):
    """A video, image folder or image that cannot be read."""


class CacheError(DataError):
    """A cached array that is missing, damaged or of another version."""


class ReleaseError(DataError):
    """A file of the authors' release that does not have the published format."""


class BackendError(MetstError):
    """A compute backend was asked for by name and cannot work here."""
