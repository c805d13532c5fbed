"""What can be wrong with a node as a whole.

SiteError
├── NodeMissingError      there is no node in this folder
├── NodeExistsError       there is one already
├── BadSettingsError      node.toml says something it cannot
├── BadSliceError         a part of the self-examination that is not N/M
├── BadTargetError        what is to be monitored is neither a log's origin nor an address
└── AddressRefusedError   nothing can listen on this host and port
"""

from yangguang.kernel.errors import YangguangError


class SiteError(YangguangError):
    """Root of this room's errors."""


class NodeMissingError(SiteError):
    """No node lies in this folder; ``yangguang init`` makes one."""


class NodeExistsError(SiteError):
    """A node lies in this folder already and is never overwritten."""


class BadSettingsError(SiteError):
    """node.toml has a key or value that no setting knows."""


class BadSliceError(SiteError):
    """Not N/M with N from 1 to M."""


class BadTargetError(SiteError):
    """Neither HOST/PATH nor an address that begins with http:// or https://."""


class AddressRefusedError(SiteError):
    """Another server listens on this port already, or this machine has no such address."""
