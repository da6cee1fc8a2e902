"""Experiments over variants and seeds, and their tables in the layout of the paper's."""

from metst.results.cells import Cell, cells
from metst.results.layouts import LAYOUTS, Layout
from metst.results.table import Line, Table
from metst.runner.studies.study import Row, Study, Variant, read_study

__all__ = [
    "LAYOUTS",
    "Cell",
    "Layout",
    "Line",
    "Row",
    "Study",
    "Table",
    "Variant",
    "cells",
    "read_study",
]
