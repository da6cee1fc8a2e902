"""Machine code of Numba's kernels, kept on disk while what it is made from stays the same."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from numba import njit
from numba.core.caching import FunctionCache

F = TypeVar("F", bound=Callable[..., Any])


class _Cache(FunctionCache):
    """Knows machine code by all sources of the kernel's package, and by those of our vectors.

    Numba's own looks at the kernel's file alone. What is compiled into it from other files -
    kernels it calls, constants, intrinsics - could change, and old code would go on being used.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:  # noqa: ANN401
        """Machine code from disk, or None; what names modules that have moved since is dropped."""
        try:
            return super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        except (ImportError, AttributeError):
            self.flush()  # type: ignore[no-untyped-call]
            return None

    def _index_key(self, sig: Any, codegen: Any) -> tuple[Any, ...]:  # noqa: ANN401
        package = Path(self._py_func.__code__.co_filename).parent
        key = super()._index_key(sig, codegen)  # type: ignore[no-untyped-call]
        return (*key, _digest(package))


@cache
def _digest(package: Path) -> str:
    digest = hashlib.sha256()
    for path in (
        Path(__file__),
        Path(__file__).with_name("simd.py"),
        *sorted(package.glob("*.py")),
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def compiler(fastmath: bool | set[str] = False, *, inline: bool = False) -> Callable[[F], F]:
    """A decorator that compiles on the first call, without the interpreter lock.

    Args:
        fastmath: as in `numba.njit`.
        inline: put the function into those that call it: a call with many arrays costs more than
            a short function does.
    """

    def jit(function: F) -> F:
        how: Literal["always", "never"] = "always" if inline else "never"
        kernel: Any = njit(nogil=True, error_model="numpy", fastmath=fastmath, inline=how)(function)
        with suppress(RuntimeError):  # neither the package nor the user's cache folder is writable
            kernel._cache = _Cache(function)  # type: ignore[no-untyped-call]
        return cast("F", kernel)

    return jit
