"""The room's reading door."""

from yangguang.search.folding import fold
from yangguang.search.inspection import dump, fsck
from yangguang.search.parsing import parse_query
from yangguang.search.projection import cursor
from yangguang.search.reader import Index, open_index

__all__ = ["Index", "cursor", "dump", "fold", "fsck", "open_index", "parse_query"]
