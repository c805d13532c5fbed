"""A county and its site for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.rooms.portal.site import County
from yangguang.portal.pagecache import PAGES


@pytest.fixture
def county(tmp_path: Path, settings: Settings) -> Iterator[County]:
    """Return a county whose node is the site's."""
    PAGES.clear()
    made = County(tmp_path)
    settings.NODE = made.node
    yield made
    made.archive.shut()
