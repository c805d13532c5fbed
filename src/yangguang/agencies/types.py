"""An agency as the public meets it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Office:
    """The disclosure office (政府信息公开工作机构): the facts 条例 (2019) 第十二条 wants in the guide."""

    name: str = ""
    address: str = ""
    hours: str = ""
    phone: str = ""
    fax: str = ""
    email: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency of this node.

    Attributes:
        code: Part of its address for ever: 1 to 40 of ``a-z 0-9 -``.
        name: Full standard name.
        uscc: Unified social credit code, 18 characters (GB 32100-2015); `NO_USCC` where there is none.
        level: ``central``, ``province``, ``city``, ``county`` or ``township``.
        kind: One of the agency kinds of `yangguang.law`.
        parent: Code of the agency above, or empty.
        region_code: GB/T 2260, 6 digits, or empty.
        office: Its disclosure office.
    """

    code: str
    name: str
    uscc: str
    level: str = "county"
    kind: str = "dept"
    parent: str = ""
    region_code: str = ""
    office: Office = field(default_factory=Office)


NO_USCC = "00000000000000000X"
"""Stands where an agency has no credit code; not a valid code, so it can never be taken for one."""
