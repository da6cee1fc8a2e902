"""Videos on the command line: whatever a file can be called."""

from collections.abc import Sequence
from pathlib import Path

from jsonargparse import ArgumentParser

from metst.base.errors import ConfigError


def local_path(text: str) -> Path:
    """A name as it stands; jsonargparse's own paths read `#1.avi` as a comment of YAML."""
    return Path(text)


def with_dashed_names(parser: ArgumentParser, words: Sequence[str]) -> list[str]:
    """Words in which `-clip.avi` is a path where such a file lies and no option is called so.

    Raises:
        ConfigError: a word is neither an option, as far as one dash shows, nor a file.
    """
    options = {option for action in parser._actions for option in action.option_strings}
    end = words.index("--") if "--" in words else len(words)
    result = list(words)
    for i, word in enumerate(words[:end]):
        if not word.startswith("-") or word.split("=")[0] in options:
            continue
        value = i > 0 and words[i - 1].startswith("--")  # such as a negative number
        if Path(word).exists():
            result[i] = f"./{word}"
        elif not word.startswith("--") and not value:
            msg = f"{word}: expected a video or an option (see --help), found neither"
            raise ConfigError(msg)
    return result
