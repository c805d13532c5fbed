"""The room's reading door."""

from dataclasses import fields

from yangguang.agencies.credit import is_uscc
from yangguang.agencies.errors import UnknownAgencyError
from yangguang.agencies.models import AgencyRow
from yangguang.agencies.types import Agency, Office

__all__ = ["agencies", "agency", "is_uscc"]


def agency(code: str) -> Agency:
    """Return the agency with this code.

    Raises:
        UnknownAgencyError: there is none.
    """
    row = AgencyRow.objects.filter(code=code).first()
    if row is None:
        known = ", ".join(AgencyRow.objects.values_list("code", flat=True)[:20]) or "none yet"
        raise UnknownAgencyError(f"no agency {code[:60]!r} on this node; registered: {known}")
    return _agency(row)


def agencies() -> tuple[Agency, ...]:
    """Return all agencies in the order of their registration."""
    return tuple(_agency(row) for row in AgencyRow.objects.all())


def _agency(row: AgencyRow) -> Agency:
    office = Office(**{item.name: getattr(row, f"office_{item.name}") for item in fields(Office)})
    own = {item.name: getattr(row, item.name) for item in fields(Agency) if item.name != "office"}
    return Agency(**own, office=office)
