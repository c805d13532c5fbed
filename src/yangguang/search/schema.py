"""The index's fields, and a record as a document of them. A change here is a new `folding.ANALYZER`.

``x`` pairs of characters of everything searched, with positions · ``xc`` its distinct characters · ``tx`` ``tc`` the
same of the title · ``tn`` pairs of the title without its punctuation, where it has any · ``ag`` ``ac`` pairs and
characters of the names of agency and issuers · ``ta`` ``ba`` words of title and body, for ranking only · ``dn``
``yn`` document number · ``m`` what lists show · ``z`` the plain text, for snippets and for rewriting without the store.
"""

import hashlib
import json
import zlib
from dataclasses import dataclass
from datetime import date

import tantivy

from yangguang.kernel.identifiers import RecordId
from yangguang.records.types import Kind, Metadata
from yangguang.search.errors import IndexDamagedError
from yangguang.search.folding import bare, bigram_tokens, character_tokens, fold, spaced, unspaced, word_tokens
from yangguang.search.numbers import read_number
from yangguang.search.types import IndexedRecord

ID = "id"
ALL, ALL_CHARACTERS = "x", "xc"
TITLE, TITLE_CHARACTERS, TITLE_BARE = "tx", "tc", "tn"
MAKERS, MAKER_CHARACTERS = "ag", "ac"
TITLE_WORDS, BODY_WORDS = "ta", "ba"
NUMBER, NUMBER_OF_YEAR = "dn", "yn"
AGENCY, ITEM, KIND, YEAR = "agency", "item", "kind", "year"
ORDER = "order"
SHOWN, TEXT = "m", "z"

NO_ITEM = "-"
"""Value of ``item`` for what stands outside the column; no slug looks like it."""

_LOG_BITS = 32


def _build() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in (ALL, TITLE, TITLE_BARE, MAKERS):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in (TITLE_WORDS, BODY_WORDS):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in (ALL_CHARACTERS, TITLE_CHARACTERS, MAKER_CHARACTERS):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in (ID, NUMBER, NUMBER_OF_YEAR):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in (AGENCY, ITEM, KIND):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_integer_field(YEAR, indexed=True, fast=True)
    builder.add_integer_field(ORDER, fast=True)
    builder.add_bytes_field(SHOWN, stored=True)
    builder.add_bytes_field(TEXT, stored=True)
    return builder.build()


SCHEMA = _build()


@dataclass(frozen=True, slots=True)
class Source:
    """A record as it is put into the index: what lists show, and the plain text of its body."""

    record: IndexedRecord
    text: str


def source(
    *, record_id: RecordId, revision: int, log_index: int, metadata: Metadata, body_commitment: bytes, text: str
) -> Source:
    """Return what the index takes from one revision; `text` has a line a paragraph."""
    record = IndexedRecord(
        id=record_id,
        revision=revision,
        log_index=log_index,
        title=metadata.title,
        document_number=metadata.document_number,
        index_number=metadata.index_number,
        agency_code=metadata.agency.code,
        agency_name=metadata.agency.name,
        issuers=metadata.issuers,
        formed_on=metadata.formed_on,
        published_on=metadata.published_on,
        kind=metadata.kind,
        column=metadata.column,
        body_commitment=body_commitment,
        text_sha256=hashlib.sha256(text.encode()).digest(),
        headline=metadata.headline,
    )
    return Source(record, text)


def document(given: Source) -> tantivy.Document:
    """Return the index's document of a record."""
    record = given.record
    # Fields are added by type: a document without a schema guesses, and a wrong guess kills the writing thread.
    made = tantivy.Document()
    made.add_text(ID, record.id)
    _add_texts(made, record, given.text)
    made.add_text(AGENCY, record.agency_code)
    made.add_text(ITEM, record.column or NO_ITEM)
    made.add_text(KIND, record.kind.value)
    made.add_integer(YEAR, record.year)
    made.add_integer(ORDER, order_of(record))
    made.add_bytes(SHOWN, encode_record(record))
    made.add_bytes(TEXT, zlib.compress(given.text.encode(), 1))
    return made


def _add_texts(made: tantivy.Document, record: IndexedRecord, text: str) -> None:
    # Everything a quoted phrase is looked for in, a line a paragraph.
    header = (
        record.title,
        record.headline,
        record.document_number,
        record.index_number,
        record.agency_name,
        *record.issuers,
    )
    spaced_body = spaced(text)
    everything = unspaced("\n".join((spaced("\n".join(header)), spaced_body)))
    spaced_title = spaced(record.title)
    title = fold(record.title)
    makers = unspaced(spaced("\n".join((record.agency_name, *record.issuers))))
    made.add_text(ALL, bigram_tokens(everything))
    made.add_text(ALL_CHARACTERS, character_tokens(everything))
    made.add_text(TITLE, bigram_tokens(title))
    made.add_text(TITLE_CHARACTERS, character_tokens(title))
    if (plain := bare(title)) != title:
        made.add_text(TITLE_BARE, bigram_tokens(plain))
    made.add_text(MAKERS, bigram_tokens(makers))
    made.add_text(MAKER_CHARACTERS, character_tokens(makers))
    made.add_text(TITLE_WORDS, word_tokens(spaced_title))
    made.add_text(BODY_WORDS, word_tokens(spaced_body))
    number = read_number(record.document_number) if record.document_number else None
    if number is not None:
        made.add_text(NUMBER, number.key)
        if number.year:
            made.add_text(NUMBER_OF_YEAR, number.of_year)


def order_of(record: IndexedRecord) -> int:
    """Return a number that sorts records by day published, then by place in the log; no two are equal."""
    return int(record.published_on.strftime("%Y%m%d")) << _LOG_BITS | record.log_index


def encode_record(record: IndexedRecord) -> bytes:
    """Return `record` as one line of JSON, the same for the same record."""
    values = [
        record.id,
        record.revision,
        record.log_index,
        record.title,
        record.document_number,
        record.index_number,
        record.agency_code,
        record.agency_name,
        list(record.issuers),
        record.formed_on.isoformat() if record.formed_on else None,
        record.published_on.isoformat(),
        record.kind.value,
        record.column,
        record.body_commitment.hex(),
        record.text_sha256.hex(),
        record.headline,
    ]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def read_record(found: tantivy.Document) -> IndexedRecord:
    """Return the record that a document of the index shows."""
    (rid, revision, log_index, title, number, index_number, code, name, issuers, formed, published, kind, column,
     body_commitment, digest, headline) = json.loads(_bytes(found, SHOWN))  # fmt: skip
    return IndexedRecord(
        id=RecordId(rid),
        revision=revision,
        log_index=log_index,
        title=title,
        document_number=number,
        index_number=index_number,
        agency_code=code,
        agency_name=name,
        issuers=tuple(issuers),
        formed_on=date.fromisoformat(formed) if formed else None,
        published_on=date.fromisoformat(published),
        kind=Kind(kind),
        column=column,
        body_commitment=bytes.fromhex(body_commitment),
        text_sha256=bytes.fromhex(digest),
        headline=headline,
    )


def read_text(found: tantivy.Document) -> str:
    """Return the plain text of the body that a document of the index keeps."""
    return zlib.decompress(_bytes(found, TEXT)).decode()


def _bytes(found: tantivy.Document, name: str) -> bytes:
    value = found.get_first(name)
    if not isinstance(value, bytes):
        raise IndexDamagedError(f"a document of the index lacks its field {name!r}; rebuild the index")
    return value
