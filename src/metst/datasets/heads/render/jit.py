"""What the kernels of the renderer share."""

from metst.base.compiled import compiler

SUPER = 2
"""Samples of a picture element in each direction."""

jit = compiler()
inlined = compiler(inline=True)
