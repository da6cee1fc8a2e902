"""Experiments over variants and seeds, and their tables in the layout of the paper's."""

from metst.studies.cells import Cell, cells
from metst.studies.layouts import LAYOUTS, Layout
from metst.studies.study import Row, Study, Variant, read_study
from metst.studies.table import Line, Table

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
