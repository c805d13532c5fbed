"""JSON and XML: valid against the published schemas, and read back to equal values."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from lxml import etree

from tests.rooms.formats.json_schema import Schema, complaints
from tests.rooms.formats.samples import NOTICE
from tests.strategies import contents
from yangguang.formats.queries import render
from yangguang.kernel.identifiers import RecordId
from yangguang.records.types import (
    Agency,
    Attachment,
    Block,
    Body,
    Cell,
    Content,
    Disclosure,
    Doubt,
    Heading,
    Image,
    ItemList,
    Kind,
    Metadata,
    Paragraph,
    Role,
    Table,
    Validity,
)

SCHEMAS = Path(__file__).parents[3] / "docs" / "reference" / "schemas"
JSON_SCHEMA = cast("Schema", json.loads((SCHEMAS / "record-1.schema.json").read_text("utf-8")))
XSD = etree.XMLSchema(file=str(SCHEMAS / "record-1.xsd"))
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
NS = "{urn:yangguang:record:1}"

Json = dict[str, Any]  # Any: what json.loads returns; the schema test says what it may hold

FIELD_READERS: Mapping[str, Callable[[Any], object]] = {
    "kind": Kind,
    "agency": lambda said: Agency(**said),
    "validity": lambda said: said and Validity(said),
    "disclosure": Disclosure,
    "attachments": lambda said: tuple(Attachment(**item) for item in said),
    "doubts": lambda said: tuple(Doubt(**item) for item in said),
}


def field(name: str, said: Any) -> object:  # noqa: ANN401 - JSON of whatever shape the field has
    if name in FIELD_READERS:
        return FIELD_READERS[name](said)
    if name.endswith(("_on", "_from", "_to")):
        return said and date.fromisoformat(said)
    return tuple(said) if isinstance(said, list) else said


def content_from_json(said: Json) -> Content:
    values = {name: field(name, value) for name, value in said["metadata"].items()}
    blocks = tuple(block_from_json(block) for block in said["body"])
    return Content(RecordId(said["id"]), said["revision"], Metadata(**cast("Json", values)), Body(blocks))


def block_from_json(said: Json) -> Block:
    match said.pop("type"):
        case "heading":
            return Heading(**said)
        case "paragraph":
            return Paragraph(said["text"], Role(said["role"]))
        case "table":
            rows = tuple(tuple(Cell(**cell) for cell in row) for row in said["rows"])
            return Table(rows, said["caption"])
        case "list":
            return ItemList(tuple(said["items"]), said["ordered"])
        case _:
            return Image(**said)


def content_from_xml(root: etree._Element) -> Content:
    metadata, body, _ = root
    values: Json = {}
    for element in metadata:
        name = str(element.tag).removeprefix(NS)
        values[name] = field(name, said_in(name, element))
    blocks = tuple(block_from_xml(element) for element in body)
    return Content(RecordId(str(root.get("id"))), int(str(root.get("revision"))), Metadata(**values), Body(blocks))


def said_in(name: str, element: etree._Element) -> object:
    match name:
        case "agency":
            return {**element.attrib, "name": element.text or ""}
        case "attachments":
            return [{**item.attrib, "size_bytes": int(str(item.get("size_bytes")))} for item in element]
        case "doubts":
            return [{**item.attrib, "reason": item.text or ""} for item in element]
        case _:
            return [item.text or "" for item in element] if len(element) else element.text or ""


def block_from_xml(element: etree._Element) -> Block:
    text = element.text or ""
    match str(element.tag).removeprefix(NS):
        case "heading":
            said = element.attrib
            return Heading(int(said["level"]), str(said["number"]), text, said["run_in"] == "true")
        case "paragraph":
            return Paragraph(text, Role(str(element.get("role"))))
        case "table":
            rows = tuple(tuple(map(cell_from_xml, row)) for row in element.iterchildren(NS + "row"))
            return Table(rows, element.findtext(NS + "caption") or "")
        case "list":
            return ItemList(tuple(item.text or "" for item in element), element.get("ordered") == "true")
        case _:
            return Image(str(element.get("name")), text)


def cell_from_xml(element: etree._Element) -> Cell:
    said = element.attrib
    return Cell(element.text or "", int(said["rows"]), int(said["columns"]), said["header"] == "true")


def sayable_in_xml(value: Any) -> Any:  # noqa: ANN401 - walks values of every type of the record
    """Return `value` with U+FFFD for each character XML 1.0 forbids."""
    if isinstance(value, str) and type(value) is str:
        return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", value)
    if isinstance(value, tuple):
        return tuple(map(sayable_in_xml, value))
    if hasattr(value, "__dataclass_fields__"):
        return replace(value, **{item.name: sayable_in_xml(getattr(value, item.name)) for item in fields(value)})
    return value


@settings(max_examples=60)
@given(content=contents())
def test_json_is_valid_and_reads_back_to_equal_values(content: Content) -> None:
    said = json.loads(render(content, "json"))
    assert list(complaints(said, JSON_SCHEMA, JSON_SCHEMA)) == []
    assert content_from_json(said) == content


@settings(max_examples=60)
@given(content=contents())
def test_xml_is_valid_and_reads_back_to_equal_values_but_for_forbidden_characters(content: Content) -> None:
    root = etree.fromstring(render(content, "xml"), PARSER)
    XSD.assertValid(root)
    assert content_from_xml(root) == sayable_in_xml(content)


def test_a_block_of_json_is_a_line() -> None:
    lines = render(NOTICE, "json").decode("utf-8").splitlines()
    assert '    {"type": "heading", "level": 1, "number": "一、", "text": "落实责任", "run_in": false},' in lines
    assert '    "document_number": "阳政办发〔2026〕7号",' in lines


@pytest.mark.parametrize("damage", [("revision", 0), ("format", "yangguang-record/2"), ("id", "短"), ("body", [{}])])
def test_the_json_schema_refuses_what_is_not_a_record(damage: tuple[str, object]) -> None:
    said = json.loads(render(NOTICE, "json")) | dict([damage])
    assert list(complaints(said, JSON_SCHEMA, JSON_SCHEMA)) != []


def test_the_json_schema_refuses_an_unknown_field() -> None:
    said = json.loads(render(NOTICE, "json"))
    said["metadata"]["colour"] = "red"
    assert list(complaints(said, JSON_SCHEMA, JSON_SCHEMA)) == ["$.metadata: unknown colour"]


def test_both_schemas_name_every_field_of_the_metadata() -> None:
    names = {item.name for item in fields(Metadata)}
    defined = cast("Mapping[str, Json]", JSON_SCHEMA["$defs"])["metadata"]
    assert set(defined["properties"]) == set(defined["required"]) == names
    xsd = etree.parse(SCHEMAS / "record-1.xsd")
    path = "//*[local-name()='complexType'][@name='Metadata']/*/*[local-name()='element']/@name"
    assert set(cast("list[str]", xsd.xpath(path))) == names
