"""A desk for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rooms.editorial.desk import Desk


@pytest.fixture
def desk(tmp_path: Path, db: None) -> Iterator[Desk]:  # noqa: ARG001 - the desk writes business tables
    """Return a desk with an empty log."""
    with Desk(tmp_path) as made:
        yield made
