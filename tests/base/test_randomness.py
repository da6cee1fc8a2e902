"""Draws depend on their key alone."""

from metst.base.randomness import derived_seed, generator


def test_same_key_same_draws_whatever_came_before() -> None:
    first = generator(1, "spNO.1", 3).random(5)
    generator(1, "spNO.2", 3).random(7)
    assert (generator(1, "spNO.1", 3).random(5) == first).all()


def test_every_part_of_the_key_matters() -> None:
    keys = [(1, "a", 0), (1, "a", 1), (1, "b", 0), (2, "a", 0), (1, "a")]
    assert len({derived_seed(*key) for key in keys}) == len(keys)


def test_seed_fits_torch() -> None:
    assert all(0 <= derived_seed(s, "x") < 2**63 for s in range(50))
