"""Checkpoints that are either whole or absent."""

import io
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch.plugins.io import TorchCheckpointIO

from metst.files import write_atomic


class AtomicCheckpointIO(TorchCheckpointIO):
    """Writes through `metst.files.write_atomic`; loads plain tensors and numbers only.

    Lightning's own writer moves a file from the temporary folder without forcing it to disk: a
    kill can leave half of it when that folder lies on another file system.
    """

    def save_checkpoint(
        self,
        checkpoint: dict[str, Any],
        path: str | Path,
        storage_options: Any | None = None,  # noqa: ANN401, ARG002 - Lightning's signature
    ) -> None:
        """Write a checkpoint in one step."""
        buffer = io.BytesIO()
        torch.save(checkpoint, buffer)
        write_atomic(Path(path), buffer.getvalue())

    def load_checkpoint(
        self,
        path: str | Path,
        map_location: Any | None = "cpu",  # noqa: ANN401 - Lightning's signature
        weights_only: bool | None = True,  # noqa: ARG002 - nothing is ever unpickled
    ) -> dict[str, Any]:
        """Read a checkpoint without executing anything in it."""
        loaded: dict[str, Any] = torch.load(path, map_location=map_location, weights_only=True)
        return loaded
