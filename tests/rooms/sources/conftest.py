"""Reading by the doors, and the corpus that is not part of the project."""

from collections.abc import Callable
from pathlib import Path

import pytest

from yangguang.sources.queries import read_file
from yangguang.sources.types import Manuscript, Place, Refused

CORPUS = Path(__file__).resolve().parents[3].parent / "shared" / "corpus"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real input; skips visibly where it is absent."""
    if not CORPUS.is_dir():
        pytest.skip("../shared/corpus is absent: real input was not read")
    return CORPUS


@pytest.fixture(scope="session")
def read() -> Callable[..., Manuscript]:
    """Read one text that is one document."""

    def read_one(text: str | bytes, name: str = "文件.txt") -> Manuscript:
        data = text.encode() if isinstance(text, str) else text
        (found,) = read_file(data, Place(name))
        assert isinstance(found, Manuscript), found
        return found

    return read_one


@pytest.fixture(scope="session")
def refuse() -> Callable[..., Refused]:
    """Read one text that is refused."""

    def refuse_one(text: str | bytes, name: str = "文件.txt") -> Refused:
        data = text.encode() if isinstance(text, str) else text
        (found,) = read_file(data, Place(name))
        assert isinstance(found, Refused), found
        return found

    return refuse_one
