"""The settings that the state-space networks have in common, and their ranges."""

from collections.abc import Mapping, Sequence
from typing import Any

from metst.base.settings import require
from metst.network.initialization import SCHEMES

_SIZES = ("channels", "emotions", "width", "stages", "depth", "state", "expand", "conv")


def check_settings(network: str, config: Mapping[str, Any], pathways: Sequence[str]) -> None:
    """Refuse a setting that no network can be built with.

    Args:
        network: its name, for the message.
        config: its settings by name.
        pathways: that it can have.

    Raises:
        ConfigError: a setting is out of its range.
    """
    for name in filter(config.__contains__, _SIZES):
        require(f"{network}: {name}", config[name], config[name] >= 1, "1 or more")
    drop = config["drop_path"]
    require(f"{network}: drop_path", drop, 0 <= drop < 1, "0 or a share below 1")
    for name, choices in (("pathways", pathways), ("init", SCHEMES)):
        chosen = config[name]
        require(f"{network}: {name}", chosen, chosen in choices, f"one of {', '.join(choices)}")
