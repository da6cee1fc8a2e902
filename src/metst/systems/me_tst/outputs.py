"""Whether a network, which may be one's own, gives what is trained: asked once, before it is."""

from collections.abc import Sequence

from torch import Tensor, nn

from metst.base.errors import ConfigError
from metst.systems.checks import FAULTS, tried
from metst.systems.me_tst.stream import Streamable


def check_outputs(network: nn.Module, flow: Tensor, emotions: Sequence[str]) -> None:
    """Run a network over flow in eval mode and look at what comes.

    Args:
        network: stays as it is.
        flow: (B, C, T) on its device.
        emotions: E classes, without neutral.

    Raises:
        ConfigError: it is no score (B, T) from 0 to 1 with logits (B, T, E + 1), or an error.
    """
    windows, _, frames = flow.shape
    name = f"model.network {type(network).__module__}.{type(network).__name__}"
    read = f"flow {_shape(flow)} of windows, channels and frames"
    try:
        outputs = tried(network, flow)
    except FAULTS as error:
        msg = f"{name}: expected a network that reads {read}, it failed: {error}"
        raise ConfigError(msg) from error
    right = str((windows, frames)), str((windows, frames, len(emotions) + 1))
    got = [_shape(x) for x in outputs] if isinstance(outputs, tuple | list) else [_shape(outputs)]
    if got != list(right):
        msg = (
            f"{name}: expected two outputs of {read}: a score {right[0]} and logits {right[1]}, "
            f"for each of {', '.join(emotions)} and neutral; got {' and '.join(got) or 'none'}"
        )
        if isinstance(network, Streamable):
            msg += f"; set --model.network.emotions {len(emotions)}"
        raise ConfigError(msg)
    low, high = float(outputs[0].min()), float(outputs[0].max())
    if low < 0 or high > 1:  # no number is another fault: training looks for it in every step
        msg = f"{name}: expected scores from 0 to 1, got {low:.3g} to {high:.3g}; sigmoid() does it"
        raise ConfigError(msg)


def _shape(output: object) -> str:
    return str(tuple(output.shape)) if isinstance(output, Tensor) else type(output).__name__
