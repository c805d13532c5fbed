"""The unified social credit code and its check character (GB 32100-2015)."""

import re

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SHAPE = re.compile(rf"[{_ALPHABET}]{{2}}\d{{6}}[{_ALPHABET}]{{10}}")
_WEIGHTS = tuple(pow(3, position, 31) for position in range(17))


def is_uscc(text: str) -> bool:
    """Tell whether `text` is a unified social credit code with a right check character."""
    if _SHAPE.fullmatch(text) is None:
        return False
    total = sum(_ALPHABET.index(char) * weight for char, weight in zip(text[:17], _WEIGHTS, strict=True))
    return _ALPHABET[(31 - total % 31) % 31] == text[17]
