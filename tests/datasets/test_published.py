"""Published scores fit each other: STRS is the product of two others."""

import pytest

from metst.datasets.check import DATASETS
from metst.datasets.published import PUBLISHED_SCORES, Published

ROWS = [row for rows in PUBLISHED_SCORES.values() for row in rows]


@pytest.mark.parametrize("row", [r for r in ROWS if r.strs is not None], ids=lambda r: r.method)
def test_strs_is_spotting_times_recognition(row: Published) -> None:
    assert row.spotting is not None and row.recognition is not None and row.strs is not None
    # Each factor was rounded to 4 decimals, and so was the product.
    error = (row.spotting + row.recognition + 1) * 5e-5
    assert abs(row.spotting * row.recognition - row.strs) <= error


def test_recalls_are_whole_numbers_of_mes() -> None:
    """Of the 159 of SAMM-LV: what tells to which data set the column belongs."""
    recalls = [r.recall for r in PUBLISHED_SCORES["sammlv"] if r.recall is not None]
    for recall in recalls:
        assert abs(recall - round(recall * 159) / 159) < 5e-5


def test_every_row_belongs_to_a_known_data_set_and_says_something() -> None:
    assert set(PUBLISHED_SCORES) <= set(DATASETS)
    for row in ROWS:
        assert any(v is not None for v in (row.strs, row.spotting, row.uf1)), row
