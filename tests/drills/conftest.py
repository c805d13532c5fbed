"""Made once a session, copied for every drill."""

from pathlib import Path

import pytest

from tests.drills.stage import Stage, build, copy
from tests.flows.levels import Level


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Level, ...]:
    return build(tmp_path_factory.mktemp("levels"))


@pytest.fixture
def stage(made: tuple[Level, ...], tmp_path: Path) -> Stage:
    return copy(made, tmp_path)
