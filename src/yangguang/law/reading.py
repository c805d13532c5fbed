"""A TOML table read strictly: each key is asked for once, by type, and what nobody asked for is an error.

The data files are edited by people who know the law better than Python, so a misspelt key must say where it stands.
"""

import tomllib
from datetime import date
from enum import StrEnum
from typing import TypeVar

from yangguang.law.errors import LawDataError

Choice = TypeVar("Choice", bound=StrEnum)


class Entry:
    """One TOML table and the place it stands at, such as ``items.toml, item 3``.

    Every method raises LawDataError, naming place and key, where the value is missing or not of the type asked for.
    """

    def __init__(self, place: str, values: dict[str, object]) -> None:
        self._place = place
        self._left = dict(values)

    def error(self, message: str) -> LawDataError:
        """Return the error that says `message` of this place."""
        return LawDataError(f"{self._place}: {message}")

    def has(self, key: str) -> bool:
        """Return whether `key` stands here and has not been read yet."""
        return key in self._left

    def text(self, key: str) -> str:
        """Return the text at `key`, which must say something."""
        found = self.line(key)
        if not found.strip():
            raise self.error(f"{key} is empty: write the text, or leave the entry out")
        return found

    def line(self, key: str) -> str:
        """Return the text at `key`, which may be empty."""
        found = self._take(key)
        if not isinstance(found, str):
            raise self.error(f"{key} is {found!r}: text expected")
        return found

    def whole(self, key: str) -> int:
        """Return the positive integer at `key`."""
        found = self._take(key)
        if not isinstance(found, int) or isinstance(found, bool) or found < 1:
            raise self.error(f"{key} is {found!r}: a whole number from 1 expected")
        return found

    def flag(self, key: str) -> bool:
        """Return the boolean at `key`."""
        found = self._take(key)
        if not isinstance(found, bool):
            raise self.error(f"{key} is {found!r}: true or false expected")
        return found

    def day(self, key: str) -> date:
        """Return the calendar date at `key`."""
        found = self._take(key)
        if type(found) is not date:
            raise self.error(f"{key} is {found!r}: a date such as 2019-05-15 expected")
        return found

    def choice(self, key: str, choices: type[Choice]) -> Choice:
        """Return the member of `choices` at `key`."""
        return self._member(key, self.text(key), choices)

    def choices(self, key: str, choices: type[Choice]) -> tuple[Choice, ...]:
        """Return the members of `choices` listed at `key`."""
        return tuple(self._member(key, word, choices) for word in self.texts(key))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of non-empty texts at `key`."""
        found = self._take(key)
        if not isinstance(found, list):
            raise self.error(f"{key} is {found!r}: a list of texts expected")
        words: list[str] = []
        for word in found:
            if not isinstance(word, str) or not word.strip():
                raise self.error(f"{key} holds {word!r}: non-empty text expected")
            words.append(word)
        return tuple(words)

    def entries(self, key: str) -> tuple["Entry", ...]:
        """Return the list of tables at `key`, each with its own place."""
        found = self._take(key)
        if not isinstance(found, list):
            raise self.error(f"{key} is {found!r}: a list of tables expected")
        tables: list[Entry] = []
        for number, values in enumerate(found, 1):
            if not isinstance(values, dict):
                raise self.error(f"{key} {number} is {values!r}: a table expected")
            tables.append(Entry(f"{self._place}, {key} {number}", values))
        return tuple(tables)

    def finish(self) -> None:
        """Say that everything known has been read.

        Raises:
            LawDataError: A key is left that nobody asked for.
        """
        if self._left:
            raise self.error(f"unknown key {', '.join(sorted(self._left))}: correct the spelling or remove it")

    def _take(self, key: str) -> object:
        if key not in self._left:
            raise self.error(f"{key} is missing")
        return self._left.pop(key)

    def _member(self, key: str, word: str, choices: type[Choice]) -> Choice:
        try:
            return choices(word)
        except ValueError as error:
            raise self.error(f"{key} is {word!r}: one of {', '.join(choices)} expected") from error


def read_toml(name: str, text: str) -> Entry:
    """Return the whole file `name` as one entry.

    Raises:
        LawDataError: `text` is not TOML.
    """
    try:
        return Entry(name, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise LawDataError(f"{name}: not TOML: {error}") from error
