from pathlib import Path

import pytest

from tests.rooms.ledger.places import Place, new_place, numbered


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An empty log."""
    return new_place(tmp_path / "node")


@pytest.fixture(scope="package")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A log of 66,000 entries, three tile levels, only to be read."""
    place = new_place(tmp_path_factory.mktemp("grown"))
    place.append(numbered(0, 1_000), numbered(1_000, 65_530), numbered(65_530, 65_537), numbered(65_537, 66_000))
    return place
