"""Metadata, bodies and leaves have one encoding, and nothing outside the schema is read."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import bodies, metadata, record_ids
from yangguang.kernel import canonical
from yangguang.kernel.errors import NotCanonicalError, YangguangError
from yangguang.kernel.identifiers import new_record_id
from yangguang.law.queries import grounds
from yangguang.records.errors import BadValueError, LeafTooLargeError, UnknownEncodingError
from yangguang.records.queries import (
    MAX_ATTACHMENTS,
    MAX_LEAF_BYTES,
    RENDITIONS,
    attachment_label,
    decode_body,
    decode_event,
    decode_metadata,
    encode_body,
    encode_event,
    encode_metadata,
    plain_text,
)
from yangguang.records.types import (
    Agency,
    Attachment,
    Body,
    Cell,
    Event,
    EventType,
    Heading,
    Kind,
    Metadata,
    Paragraph,
    Receipt,
    Table,
)

UNIT = "11370112004189014X"
LABELS = ("meta", "body", *RENDITIONS)
PLAIN = Metadata(kind=Kind.DOCUMENT, title="通知", agency=Agency("a", "甲局", UNIT), published_on=date(2026, 1, 2))
EVENT = Event(
    type=EventType.PUBLISH,
    claimed_at=1_785_542_400,
    id=new_record_id(bytes),
    revision=1,
    unit=UNIT,
    formed_on=date(2026, 7, 24),
    commitments=dict.fromkeys(LABELS, bytes(32)),
)
NATIONAL = replace(EVENT, national=dict.fromkeys(LABELS, bytes(32)))

digests = st.binary(min_size=32, max_size=32)
commitments = st.dictionaries(st.sampled_from([*LABELS, "att.0", "att.39"]), digests).map(
    lambda some: {"meta": bytes(32), "body": bytes(32), **some}
)
indexes = st.integers(0, canonical.MAX_INTEGER)
codes = st.sampled_from([ground.code for ground in grounds()])


@st.composite
def events(draw: st.DrawFn) -> Event:
    kind = draw(st.sampled_from(EventType))
    now = draw(st.integers(0, 2**40))
    if kind is EventType.RECEIPT:
        receipt = Receipt(draw(digests), draw(st.integers(1, canonical.MAX_INTEGER)), draw(digests))
        return Event(type=kind, claimed_at=now, receipt=receipt)
    if kind is EventType.KEY:
        return Event(type=kind, claimed_at=now, public_key=draw(digests))
    first = kind in {EventType.PUBLISH, EventType.IMPORT}
    states = first or kind is EventType.REVISE
    closes = kind in {EventType.WITHDRAW, EventType.ERASE}
    return Event(
        type=kind,
        claimed_at=now,
        id=draw(record_ids()),
        revision=1 if first else draw(st.integers(2, 1_000_000)),
        previous=None if first else draw(indexes),
        unit=UNIT,
        formed_on=draw(st.none() | st.dates()) if states else None,
        commitments=draw(commitments) if states or kind is EventType.RENDER else {},
        components=tuple(sorted(draw(st.sets(st.sampled_from(LABELS), min_size=1)))) if kind is EventType.ERASE else (),
        ground=draw(codes) if closes else "",
        decided_by=draw(st.sampled_from(["", UNIT])) if closes else "",
    )


@given(metadata())
def test_metadata_comes_back(said: Metadata) -> None:
    assert decode_metadata(encode_metadata(said)) == said


@given(bodies())
def test_a_body_comes_back(body: Body) -> None:
    assert decode_body(encode_body(body)) == body


@given(events())
def test_an_event_comes_back_from_its_leaf(event: Event) -> None:
    raw = encode_event(event)
    assert decode_event(raw) == event
    assert len(raw) <= MAX_LEAF_BYTES


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused_by_name(raw: bytes) -> None:
    for decode in (decode_event, decode_metadata, decode_body):
        with pytest.raises(YangguangError):
            decode(raw)


@pytest.mark.parametrize("decode", [decode_event, decode_metadata, decode_body])
@pytest.mark.parametrize("version", ["2", "0", "true", '"1"', "null"])
def test_another_version_is_refused(decode: object, version: str) -> None:
    assert callable(decode)
    with pytest.raises(UnknownEncodingError):
        decode(b'{"v":' + version.encode() + b"}")


def changed(raw: bytes, **fields: canonical.JsonValue) -> bytes:
    value = canonical.decode(raw)
    assert isinstance(value, dict)
    return canonical.encode({**value, **fields})


def without(raw: bytes, field: str) -> bytes:
    value = canonical.decode(raw)
    assert isinstance(value, dict)
    return canonical.encode({k: v for k, v in value.items() if k != field})


def test_commitments_by_sm3_come_back_and_are_to_the_same_components() -> None:
    assert decode_event(encode_event(NATIONAL)) == NATIONAL
    with pytest.raises(BadValueError, match="SM3"):
        encode_event(replace(NATIONAL, national={"meta": bytes(32)}))


def test_an_unknown_field_is_refused_everywhere() -> None:
    for decode, raw in (
        (decode_event, encode_event(EVENT)),
        (decode_metadata, encode_metadata(PLAIN)),
        (decode_body, encode_body(Body(()))),
    ):
        with pytest.raises(UnknownEncodingError):
            decode(changed(raw, zz=1))


def test_free_text_has_no_place_in_a_leaf() -> None:
    attempts: tuple[tuple[str, canonical.JsonValue], ...] = (
        ("u", "某某局某某局某某局某某局某某局某某局"),
        ("why", "因为我们改主意了"),
        ("id", "关于"),
        ("t", "announce"),
        ("c", {"body": "bm90IDMyIGJ5dGVz", "meta": "A" * 43 + "="}),
        ("f", "2026-7-24"),
        ("c", {"备注": "A" * 43 + "="}),
    )
    for field, value in attempts:
        with pytest.raises(YangguangError):
            decode_event(changed(encode_event(EVENT), **{field: value}))


@pytest.mark.parametrize("field", ["id", "r", "u", "c", "t", "ts", "v"])
def test_a_missing_field_is_refused(field: str) -> None:
    with pytest.raises(YangguangError):
        decode_event(without(encode_event(EVENT), field))


@pytest.mark.parametrize(
    "event",
    [
        replace(EVENT, commitments={"meta": bytes(32)}),
        replace(EVENT, commitments={"meta": bytes(32), "body": bytes(31)}),
        replace(EVENT, revision=2),
        replace(EVENT, unit="short"),
        replace(EVENT, previous=3),
        replace(EVENT, type=EventType.WITHDRAW),
        replace(EVENT, claimed_at=-1),
        replace(EVENT, ground="secret"),
        Event(type=EventType.KEY, claimed_at=1, public_key=bytes(31)),
        Event(type=EventType.RECEIPT, claimed_at=1),
        Event(type=EventType.RECEIPT, claimed_at=1, receipt=Receipt(bytes(31), 1, bytes(32))),
        Event(type=EventType.RECEIPT, claimed_at=1, receipt=Receipt(bytes(32), 1, bytes(33))),
        Event(type=EventType.RECEIPT, claimed_at=1, receipt=Receipt(bytes(32), 0, bytes(32))),
        Event(type=EventType.KEY, claimed_at=1, public_key=bytes(32), receipt=Receipt(bytes(32), 1, bytes(32))),
        replace(EVENT, type=EventType.ERASE, previous=1, commitments={}, formed_on=None, ground="secret",
                components=("meta", "body")),
    ],
)  # fmt: skip
def test_an_event_against_the_rules_is_not_encoded(event: Event) -> None:
    with pytest.raises((BadValueError, UnknownEncodingError)):
        encode_event(event)


def test_a_leaf_takes_all_renditions_and_forty_attachments_and_no_more_than_it_can() -> None:
    full = {attachment_label(n): bytes(32) for n in range(MAX_ATTACHMENTS)} | dict(EVENT.commitments)
    assert len(encode_event(replace(EVENT, commitments=full))) <= MAX_LEAF_BYTES
    over = full | {attachment_label(n): bytes(32) for n in range(90)}
    with pytest.raises(LeafTooLargeError, match="4096"):
        encode_event(replace(EVENT, commitments=over))


@pytest.mark.parametrize("title", ["", "一" * 501, "两\n行", "两\u2028行"])
def test_a_title_is_one_line_of_at_most_five_hundred_characters(title: str) -> None:
    with pytest.raises(BadValueError):
        encode_metadata(replace(PLAIN, title=title))


@pytest.mark.parametrize("name", ["", "..", "a/b", "a\\b", "a\nb", "一" * 256])
def test_an_attachment_has_a_plain_file_name(name: str) -> None:
    with pytest.raises(BadValueError):
        encode_metadata(replace(PLAIN, attachments=(Attachment(name, "text/csv", 1, "0" * 64),)))


def test_two_attachments_of_one_name_are_refused() -> None:
    one = Attachment("表.csv", "text/csv", 1, "0" * 64)
    with pytest.raises(BadValueError):
        encode_metadata(replace(PLAIN, attachments=(one, one)))


@pytest.mark.parametrize("day", ["20260102", "2026-W01-5", "2026-1-2", "2026-01-02T00:00", "二〇二六年一月二日"])
def test_a_day_has_one_spelling(day: str) -> None:
    with pytest.raises(BadValueError):
        decode_metadata(changed(encode_metadata(PLAIN), published_on=day))


def test_a_field_that_says_nothing_is_refused() -> None:
    with pytest.raises(BadValueError):
        decode_metadata(changed(encode_metadata(PLAIN), summary=""))


@pytest.mark.parametrize("block", [Heading(0, "", "x"), Heading(6, "", "x"), Table(((Cell("x", rows=0),),))])
def test_a_block_outside_its_range_is_not_encoded(block: Heading | Table) -> None:
    with pytest.raises(BadValueError):
        encode_body(Body((block,)))


@pytest.mark.parametrize(
    "block",
    [b'["x","y"]', b'["p","text"]', b'["p","shout","x"]', b'["h",6,"","x",false]', b'["h",1,"","x",0]', b"[]", b'"p"',
     b'["t","",[[["x",1,1]]]]', b'["l",1,[]]'],
)  # fmt: skip
def test_a_block_of_another_shape_is_refused(block: bytes) -> None:
    with pytest.raises((BadValueError, UnknownEncodingError, NotCanonicalError)):
        decode_body(b'{"blocks":[' + block + b'],"v":1}')


def test_plain_text_joins_a_run_in_heading_with_its_paragraph() -> None:
    body = Body(
        (Heading(1, "一、", "总体要求"), Heading(2, "（一）", "统一名称。", run_in=True), Paragraph("名称为专栏。"))
    )
    assert plain_text(body) == "一、总体要求\n（一）统一名称。名称为专栏。"
