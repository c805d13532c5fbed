"""A town and the city above it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rooms.exchange.city import City
from tests.rooms.exchange.town import Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path / "town", "chenghe")
    yield made
    made.shut()


@pytest.fixture
def city(tmp_path: Path, town: Town) -> Iterator[City]:
    made = City(tmp_path / "city", chenghe=town)
    yield made
    made.close()
