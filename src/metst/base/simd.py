"""Vectors of float32 as values inside Numba kernels.

LLVM does vectorize plain loops, but leaves what they carry in memory; a vector in a variable stays
in registers. `LANES` numbers are two registers of AVX-512, four of AVX2, eight of NEON: with two
states at a time enough independent work to hide the latency of each operation.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model
from numpy.polynomial import Chebyshev, Polynomial
from numpy.typing import NDArray

LANES = 32

_FLOAT, _INT = ir.FloatType(), ir.IntType(32)
_FLOATS, _INTS = ir.VectorType(_FLOAT, LANES), ir.VectorType(_INT, LANES)
_LOWEST = -126  # smallest exponent of a normal float32
_MANTISSA = 23  # bits of a float32 mantissa
_ALIGNMENT = 4  # bytes: any float32


def _growth(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2**x - 1) / x."""
    x = np.where(x == 0, 1e-12, x)
    return np.expm1(x * math.log(2)) / x


# 2**x on [-1/2, 1/2], relative error 3e-7 in float32. Exactly 1 at 0: else every step, however
# small, would let a state grow by the same 1e-7, and over long videos that adds up.
_EXP2 = [
    1.0,
    *(
        float(np.float32(c))
        for c in Chebyshev.interpolate(_growth, 4, domain=[-0.5, 0.5]).convert(kind=Polynomial).coef
    ),
]


def _operation(build: Callable[..., Any]) -> Any:  # noqa: ANN401
    """Make a function of kernels, whose types only Numba knows."""
    return intrinsic(build)


class _Vector(types.Type):
    """The type of a vector in a kernel."""

    def __init__(self) -> None:
        super().__init__(name=f"Vector{LANES}")


@register_model(_Vector)
class _VectorModel(models.PrimitiveModel):
    """Held as LLVM's own vector."""

    def __init__(self, manager: Any, kind: Any) -> None:  # noqa: ANN401
        super().__init__(manager, kind, _FLOATS)  # type: ignore[no-untyped-call]


_VECTOR = _Vector()


def _constant(number: float, kind: Any = _FLOATS) -> Any:  # noqa: ANN401
    return ir.Constant(kind, [number] * LANES)


def _call(builder: Any, name: str, result: Any, *args: Any) -> Any:  # noqa: ANN401
    """Call an LLVM intrinsic on vectors of `LANES` floats."""
    kind = ir.FunctionType(result, [arg.type for arg in args])
    name = f"{name}.v{LANES}f32"
    function = cgutils.get_or_insert_function(builder.module, kind, name)  # type: ignore[no-untyped-call]
    return builder.call(function, args, fastmath=("reassoc", "contract", "nsz"))


def _fma(builder: Any, a: Any, b: Any, c: Any) -> Any:  # noqa: ANN401
    return _call(builder, "llvm.fmuladd", _FLOATS, a, b, c)


def _address(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401
    array = context.make_array(signature.args[0])(context, builder, args[0])
    return builder.bitcast(builder.gep(array.data, [args[1]]), _FLOATS.as_pointer())


@_operation
def load(_context: Any, array: Any, _index: Any) -> Any:  # noqa: ANN401
    """`LANES` numbers of a contiguous array, from a flat index on (not checked)."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401
        value = builder.load(_address(context, builder, signature, args))
        value.align = _ALIGNMENT
        return value

    return _VECTOR(array, types.intp), build


@_operation
def store(_context: Any, array: Any, _index: Any, _vector: Any) -> Any:  # noqa: ANN401
    """Write a vector into a contiguous array, from a flat index on (not checked)."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401
        written = builder.store(args[2], _address(context, builder, signature, args))
        written.align = _ALIGNMENT
        return context.get_dummy_value()

    return types.void(array, types.intp, _VECTOR), build


@_operation
def spread(_context: Any, _number: Any) -> Any:  # noqa: ANN401
    """One number in all lanes."""

    def build(_ctx: Any, builder: Any, _signature: Any, args: Any) -> Any:  # noqa: ANN401
        nothing = ir.Constant(_FLOATS, ir.Undefined)
        first = builder.insert_element(nothing, args[0], ir.Constant(_INT, 0))
        return builder.shuffle_vector(first, nothing, _constant(0, _INTS))

    return _VECTOR(types.float32), build


@_operation
def mul(_context: Any, _a: Any, _b: Any) -> Any:  # noqa: ANN401
    """Product: a * b."""

    def build(_ctx: Any, builder: Any, _signature: Any, args: Any) -> Any:  # noqa: ANN401
        return builder.fmul(*args)

    return _VECTOR(_VECTOR, _VECTOR), build


@_operation
def fma(_context: Any, _a: Any, _b: Any, _c: Any) -> Any:  # noqa: ANN401
    """Sum and product: a * b + c, rounded once where the processor can."""

    def build(_ctx: Any, builder: Any, _signature: Any, args: Any) -> Any:  # noqa: ANN401
        return _fma(builder, *args)

    return _VECTOR(_VECTOR, _VECTOR, _VECTOR), build


@_operation
def total(_context: Any, _a: Any) -> Any:  # noqa: ANN401
    """Sum over the lanes, in an order that is always the same."""

    def build(_ctx: Any, builder: Any, _signature: Any, args: Any) -> Any:  # noqa: ANN401
        return _call(builder, "llvm.vector.reduce.fadd", _FLOAT, ir.Constant(_FLOAT, 0), args[0])

    return types.float32(_VECTOR), build


@_operation
def exp2(_context: Any, _x: Any) -> Any:  # noqa: ANN401
    """2**x for x below 128, as a polynomial; everything under 2**-126 becomes 2**-126."""

    def build(_ctx: Any, builder: Any, _signature: Any, args: Any) -> Any:  # noqa: ANN401
        return _exp2(builder, args[0])

    return _VECTOR(_VECTOR), build


@_operation
def sigmoid(_context: Any, _x: Any) -> Any:  # noqa: ANN401
    """1 / (1 + exp(-x)); never under 2**-126."""

    def build(_ctx: Any, builder: Any, _signature: Any, args: Any) -> Any:  # noqa: ANN401
        high = _constant(-_LOWEST)
        x = builder.fmul(args[0], _constant(-math.log2(math.e)))
        x = builder.select(builder.fcmp_ordered(">", x, high), high, x)  # NaN stays
        one = _constant(1)
        return builder.fdiv(one, builder.fadd(one, _exp2(builder, x)))

    return _VECTOR(_VECTOR), build


def _exp2(builder: Any, x: Any) -> Any:  # noqa: ANN401
    low = _constant(_LOWEST)
    x = builder.select(builder.fcmp_ordered("<", x, low), low, x)  # NaN stays
    whole = _call(builder, "llvm.rint", _FLOATS, x)
    part = builder.fsub(x, whole)
    power = _constant(_EXP2[-1])
    for coefficient in reversed(_EXP2[:-1]):
        power = _fma(builder, power, part, _constant(coefficient))
    shift = builder.shl(builder.fptosi(whole, _INTS), _constant(_MANTISSA, _INTS))
    return builder.bitcast(builder.add(builder.bitcast(power, _INTS), shift), _FLOATS)
