"""Micro-expression analysis in long videos: ROI flow, state transitions, spot-then-recognize."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from metst.predict import Analysis, analyze

__all__ = ["Analysis", "__version__", "analyze"]

__version__ = "0.1.0"


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever is asked for
    """`metst.analyze` and `metst.Analysis`, imported when first used: torch takes seconds."""
    if name in ("Analysis", "analyze"):
        from metst import predict

        return getattr(predict, name)
    msg = f"module 'metst' has no attribute {name!r}"
    raise AttributeError(msg)
