"""An empty archive for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rooms.catalogue.archive import Archive


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Return an archive whose catalogue is the test's database."""
    made = Archive(tmp_path)
    yield made
    made.shut()
