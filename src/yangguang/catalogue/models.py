"""The catalogue's three tables; no row is written anywhere but in `yangguang.catalogue.projector`.

No foreign key leaves this room, and none stays: a row is found by the identifiers the log itself uses.
"""

from typing import ClassVar

from django.db import models

TEXT_FIELDS = (
    "kind",
    "title",
    "index_number",
    "document_number",
    "document_key",
    "agency_code",
    "agency_name",
    "issuers",
    "column",
    "source",
    "topic",
    "genre",
    "validity",
)
"""What comes from a record's metadata and must leave with it."""


class RecordRow(models.Model):
    """The present state of one record."""

    id = models.CharField(primary_key=True, max_length=26)
    status = models.CharField(max_length=10)
    revision = models.PositiveIntegerField()
    newest_index = models.BigIntegerField()
    leaf_hash = models.BinaryField(max_length=32)
    content_index = models.BigIntegerField()
    published_at = models.BigIntegerField()
    meta_commitment = models.BinaryField(max_length=32)
    body_commitment = models.BinaryField(max_length=32)
    unit = models.CharField(max_length=18)
    kind = models.CharField(max_length=10)
    title = models.TextField()
    index_number = models.TextField()
    document_number = models.TextField()
    document_key = models.TextField(db_index=True)
    agency_code = models.TextField()
    agency_name = models.TextField()
    issuers = models.TextField()
    column = models.TextField()
    formed_on = models.DateField(null=True)
    published_on = models.DateField(null=True)
    source = models.TextField()
    topic = models.TextField()
    genre = models.TextField()
    validity = models.CharField(max_length=20)
    closed_at = models.BigIntegerField(null=True)
    ground = models.TextField()
    decided_by = models.TextField()

    class Meta:
        """Indexes serve the lists; the constraint keeps withdrawn and erased text out of the table."""

        db_table = "catalogue_record"
        indexes: ClassVar = [
            models.Index(fields=["agency_code", "column", "-published_on", "-newest_index"], name="catalogue_listing"),
            models.Index(fields=["status", "-published_on", "-newest_index"], name="catalogue_latest"),
            models.Index(fields=["status", "content_index"], name="catalogue_addresses"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="catalogue_closed_records_hold_no_text",
                condition=models.Q(status="live")
                | models.Q(formed_on=None, published_on=None, **dict.fromkeys(TEXT_FIELDS, "")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.id} r{self.revision} {self.status}"


class EntryRow(models.Model):
    """One entry of the log about a record, as the leaf tells it; leaves hold no text."""

    index = models.BigIntegerField(primary_key=True)
    leaf_hash = models.BinaryField(max_length=32)
    record = models.CharField(max_length=26)
    leaf = models.BinaryField(max_length=4096)

    class Meta:
        """A history is read by record, in log order."""

        db_table = "catalogue_entry"
        indexes: ClassVar = [models.Index(fields=["record", "index"], name="catalogue_history")]

    def __str__(self) -> str:
        return f"entry {self.index} of {self.record}"


class CursorRow(models.Model):
    """The one row that says which entry comes next."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    next_index = models.BigIntegerField()

    class Meta:
        """One row only: two cursors would be two truths."""

        db_table = "catalogue_cursor"
        constraints: ClassVar = [models.CheckConstraint(name="catalogue_one_cursor", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return f"next entry {self.next_index}"
