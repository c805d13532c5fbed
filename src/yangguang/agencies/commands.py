"""The room's writing door: register agencies."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

from django.db import transaction

from yangguang.agencies.credit import is_uscc
from yangguang.agencies.errors import BadAgencyError, BadRegisterError
from yangguang.agencies.models import AgencyRow
from yangguang.agencies.types import NO_USCC, Agency, Office
from yangguang.law.queries import agency_kinds, agency_levels

__all__ = ["check", "register", "register_file"]

_CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def check(agency: Agency) -> None:
    """Refuse an agency whose fields break their rules.

    Raises:
        BadAgencyError: with the first field that does.
    """
    if _CODE.fullmatch(agency.code) is None:
        raise BadAgencyError(
            f"agency code {agency.code!r} refused: 1 to 40 of a-z, 0-9 and - (it is part of addresses)"
        )
    if not agency.name.strip():
        raise BadAgencyError(f"agency {agency.code} has no name: the full standard name is required")
    if agency.uscc != NO_USCC and not is_uscc(agency.uscc):
        raise BadAgencyError(
            f"agency {agency.code}: credit code {agency.uscc!r} refused: 18 characters with the check character of "
            f"GB 32100 expected; leave it out if there is none"
        )
    levels = [item.level.value for item in agency_levels()]
    if agency.level not in levels:
        raise BadAgencyError(f"agency {agency.code}: level {agency.level!r} refused: one of {', '.join(levels)}")
    kinds = [item.code for item in agency_kinds()]
    if agency.kind not in kinds:
        raise BadAgencyError(f"agency {agency.code}: kind {agency.kind!r} refused: one of {', '.join(kinds)}")


def register(agency: Agency) -> None:
    """Add `agency`, or replace what was registered under its code.

    Raises:
        BadAgencyError: a field is refused by its rule.
    """
    check(agency)
    office = {f"office_{item.name}": getattr(agency.office, item.name) for item in fields(Office)}
    own = {item.name: getattr(agency, item.name) for item in fields(Agency) if item.name not in {"code", "office"}}
    with transaction.atomic():
        AgencyRow.objects.update_or_create(
            code=agency.code,
            defaults={**own, **office},
            create_defaults={**own, **office, "position": AgencyRow.objects.count()},
        )


def register_file(path: Path) -> tuple[Agency, ...]:
    """Register every agency of a TOML file (``[[agency]]`` tables with an ``[agency.office]`` each).

    Raises:
        BadRegisterError: the file is not TOML, or a table has a key that no agency has; nothing is registered.
        BadAgencyError: a value is refused by its rule; nothing is registered.
    """
    try:
        tables = tomllib.loads(path.read_text("utf-8")).get("agency", [])
        agencies = tuple(
            Agency(
                **{"uscc": NO_USCC, **{k: v for k, v in table.items() if k != "office"}},
                office=Office(**table.get("office", {})),
            )
            for table in tables
        )
        for agency in agencies:
            _refuse_other_than_text(agency)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError, AttributeError) as error:
        raise BadRegisterError(f"{path.name} cannot be read as a file of agencies: {error}") from error
    with transaction.atomic():
        for agency in agencies:
            register(agency)
    return agencies


def _refuse_other_than_text(agency: Agency) -> None:
    for said in (agency, agency.office):
        for item in fields(said):
            value = getattr(said, item.name)
            if not isinstance(value, str | Office):
                raise TypeError(f"{item.name} = {value!r} is no text: write it in quotation marks")
