"""Several networks in one: each learns by itself, and what they answer is averaged.

Shapes: B windows or videos, T frames, C flow channels, E emotion classes and neutral, M members.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

import torch
from torch import Tensor, nn

from metst.base.settings import require
from metst.systems.me_tst.network import METST
from metst.systems.me_tst.stream import Outputs, Stream


class Ensemble(nn.Module):
    """Networks that differ in their first weights alone; chance errors of one are not those of all.

    In training mode the outputs of all members follow each other along the batch, so that a mean
    loss over them trains each member as if it were alone.

    Args:
        members: M.
        network: arguments of each, see `METST`.

    Attributes:
        config: the arguments above, plain values; `Ensemble(**config)` builds the same networks.

    Raises:
        ConfigError: an argument out of its range.
    """

    delay: ClassVar[int] = METST.delay
    """Frames that outputs come late in a stream."""

    def __init__(self, members: int = 3, **network: Any) -> None:  # noqa: ANN401 - as of METST
        super().__init__()
        require("Ensemble: members", members, members >= 1, "1 or more")
        self.members = nn.ModuleList(METST(**network) for _ in range(members))
        self.config: dict[str, Any] = {"members": members, **self.members[0].config}  # type: ignore[dict-item]

    def forward(self, flow: Tensor) -> tuple[Tensor, Tensor]:
        """Score and classify every frame.

        Args:
            flow: flow windows or whole videos (B, C, T), any T >= 1.

        Returns:
            Spotting scores (B, T) in [0, 1], logits (B, T, E), both means over the members; in
            training mode (M B, T) and (M B, T, E), member after member.
        """
        outputs = [member(flow) for member in self.members]
        if self.training:
            scores, logits = zip(*outputs, strict=True)
            return torch.cat(scores), torch.cat(logits)
        return _together(outputs)

    def stream(self) -> "Streams":
        """See `Streamable.stream`."""
        return Streams([cast("METST", member).stream() for member in self.members])


class Streams:
    """A video on the way through all members; a `metst.systems.me_tst.stream.Streamed`.

    Args:
        members: of each.
    """

    def __init__(self, members: Sequence[Stream]) -> None:
        self.members = members

    def push(self, flow: Tensor) -> Outputs:
        """See `Stream.push`."""
        return _together([member.push(flow) for member in self.members])

    def finish(self) -> Outputs:
        """See `Stream.finish`."""
        return _together([member.finish() for member in self.members])


def _together(outputs: Sequence[Outputs]) -> Outputs:
    """Mean scores and mean logits."""
    scores, logits = zip(*outputs, strict=True)
    return torch.stack(scores).mean(0), torch.stack(logits).mean(0)
