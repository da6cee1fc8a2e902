"""The benchmark: rendered heads in long videos, with exact intervals, action units and motion."""
