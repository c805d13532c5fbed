"""What can be wrong with an agency.

AgenciesError
├── UnknownAgencyError  no agency has this code
├── BadAgencyError      a field its rule refuses
└── BadRegisterError    an agencies file that cannot be read
"""

from yangguang.kernel.errors import YangguangError


class AgenciesError(YangguangError):
    """Root of this room's errors."""


class UnknownAgencyError(AgenciesError):
    """No agency of this node has the code; the message lists those that exist."""


class BadAgencyError(AgenciesError):
    """A code, name or credit code that its rule refuses."""


class BadRegisterError(AgenciesError):
    """A file of agencies with a place that cannot be understood."""
