"""The room's reading door: frozen values out, never rows."""

from yangguang.catalogue.audit import fsck
from yangguang.catalogue.projector import cursor
from yangguang.catalogue.reading import (
    all_live,
    by_document_number,
    count_live,
    counts_by_agency,
    counts_by_column,
    dump,
    entries,
    entry_index,
    history,
    latest,
    latest_for,
    leaf,
    listing,
    newest_index,
    record,
    revision,
    revisions,
)

__all__ = [
    "all_live",
    "by_document_number",
    "count_live",
    "counts_by_agency",
    "counts_by_column",
    "cursor",
    "dump",
    "entries",
    "entry_index",
    "fsck",
    "history",
    "latest",
    "latest_for",
    "leaf",
    "listing",
    "newest_index",
    "record",
    "revision",
    "revisions",
]
