"""What the kernels of this package share."""

from metst.base.compiled import compiler

jit = compiler()
