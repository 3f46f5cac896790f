"""The one remover of regions."""

from __future__ import annotations

import pytest

from alliances.course.regions import HIDDEN_TESTS, MARK_SCHEME, SOLUTION, Region, RegionError, remove_region

REGIONS = [SOLUTION, HIDDEN_TESTS, MARK_SCHEME]


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_goes(region: Region) -> None:
    """What stands between the delimiters goes, delimiters included; the rest stays."""
    source = f"a\n### {region.begin}\nsecret\n### {region.end}\nb"
    assert remove_region(source, region) == ("a\nb", True)


def test_a_stub_takes_the_place_indented() -> None:
    """The stub stands where the region stood, indented as it was."""
    source = "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\nf()"
    expected = "def f():\n    # YOURS\n    raise X\nf()"
    assert (expected, True) == remove_region(source, SOLUTION, "# YOURS\nraise X")


def test_each_region_gets_its_stub() -> None:
    """Two regions in a cell give two stubs."""
    source = "### BEGIN SOLUTION\n1\n### END SOLUTION\nx\n### BEGIN SOLUTION\n2\n### END SOLUTION"
    assert remove_region(source, SOLUTION, "S") == ("S\nx\nS", True)


def test_nothing_to_remove() -> None:
    """A source without a region comes back as it was."""
    assert remove_region("a\nb", SOLUTION, "S") == ("a\nb", False)


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_must_close(region: Region) -> None:
    """A region that stays open is refused, with the line that opened it."""
    with pytest.raises(RegionError, match="no end") as caught:
        remove_region(f"a\n# {region.begin}\nb", region)
    assert caught.value.line == 1


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_must_not_nest(region: Region) -> None:
    """A region inside another is refused, with the line of the second."""
    with pytest.raises(RegionError, match="nested") as caught:
        remove_region(f"# {region.begin}\n# {region.begin}\n# {region.end}", region)
    assert caught.value.line == 1
