"""Several networks in one: each learns by itself, and what they answer is averaged.

Shapes: B windows or videos, T frames, C flow channels, E emotion classes and neutral, M members.
"""

from typing import Any

import torch
from torch import Tensor, nn

from metst.base.settings import require
from metst.systems.me_tst.network import METST


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
        scores, logits = zip(*(member(flow) for member in self.members), strict=True)
        if self.training:
            return torch.cat(scores), torch.cat(logits)
        return torch.stack(scores).mean(0), torch.stack(logits).mean(0)
