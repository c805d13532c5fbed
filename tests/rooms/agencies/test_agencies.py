"""Agencies are registered with right codes, and found by them."""

from dataclasses import replace
from pathlib import Path

import pytest

from yangguang.agencies.commands import register, register_file
from yangguang.agencies.errors import BadAgencyError, BadRegisterError, UnknownAgencyError
from yangguang.agencies.queries import agencies, agency, is_uscc
from yangguang.agencies.types import Agency, Office

pytestmark = pytest.mark.django_db
FINANCE = Agency("finance", "澄禾县财政局", "11441700007280420Y", parent="home", office=Office(phone="0000-0000001"))


@pytest.mark.parametrize(
    "code",
    ["91350100M000100Y43", "11441700007280420Y", "123500001000004620", "11341702486344515H", "1135000020000003X8"],
)
def test_a_credit_code_with_its_check_character_is_one(code: str) -> None:
    assert is_uscc(code)


@pytest.mark.parametrize(
    "code", ["11441700007280420X", "00000000000000000X", "", "11441700007280420y", "1144170000728042OY"]
)
def test_any_other_is_none(code: str) -> None:
    assert not is_uscc(code)


def test_an_agency_is_found_as_it_was_registered() -> None:
    register(FINANCE)
    assert agency("finance") == FINANCE


def test_registering_again_updates_and_keeps_the_order() -> None:
    register(FINANCE)
    register(replace(FINANCE, code="health", name="澄禾县卫生健康局"))
    register(replace(FINANCE, name="澄禾县财政局（国资局）"))
    assert [item.code for item in agencies()] == ["finance", "health"]
    assert agency("finance").name == "澄禾县财政局（国资局）"


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "财政"},
        {"code": "-a"},
        {"code": ""},
        {"name": " "},
        {"uscc": "X"},
        {"level": "nation"},
        {"kind": "club"},
    ],
)
def test_a_bad_field_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(BadAgencyError):
        register(replace(FINANCE, **changes))  # type: ignore[arg-type]  # the parameters name text fields alone


def test_an_unknown_code_names_those_that_exist() -> None:
    register(FINANCE)
    with pytest.raises(UnknownAgencyError, match="finance"):
        agency("nobody")


def test_a_file_registers_all_or_nothing(tmp_path: Path) -> None:
    good = '[[agency]]\ncode = "a"\nname = "甲局"\n[agency.office]\nphone = "0"\n'
    file = tmp_path / "agencies.toml"
    file.write_text(good + '[[agency]]\ncode = "乙"\nname = "乙局"\n', "utf-8")
    with pytest.raises(BadAgencyError):
        register_file(file)
    assert agencies() == ()
    file.write_text(good, "utf-8")
    assert [item.code for item in register_file(file)] == ["a"]


@pytest.mark.parametrize(
    "text",
    [
        "[[agency",
        '[[agency]]\ncolour = "red"\n',
        "[[agency]]\n",
        '[[agency]]\ncode = 3\nname = "甲局"\n',
        'agency = "甲局"\n',
        '[[agency]]\ncode = "a"\nname = "甲局"\noffice = "一楼"\n',
        '[[agency]]\ncode = "a"\nname = "甲局"\noffice = {phone = 12}\n',
    ],
)
def test_a_file_that_cannot_be_understood_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "agencies.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(BadRegisterError):
        register_file(file)
