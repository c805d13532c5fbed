"""The root of every error this project raises on purpose.

YangguangError
├── NotCanonicalError      bytes that are not the one canonical encoding of a value
├── BadIdentifierError     a string that is not an identifier of ours
└── <Room>Error            one tree a room, drawn at the top of its own ``errors.py``
"""


class YangguangError(Exception):
    """Something a caller can act on; the message gives the value, the rule and the way on."""


class NotCanonicalError(YangguangError):
    """Bytes that are not the canonical encoding of any value, with the place and the rule."""


class BadIdentifierError(YangguangError):
    """A string that is not the identifier it should be."""
