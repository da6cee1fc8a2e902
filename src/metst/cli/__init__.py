"""The command line: `metst VERB`, one module per verb, imported when it is asked for."""

from metst.cli.main import main

__all__ = ["main"]
