"""Business tables: what waits to be logged, what was imported from where, and the writer's view of each record."""

from django.db import models


class OutboxRow(models.Model):
    """An event on its way into the log.

    `draft` is the event's leaf with every "previous" set to zero: fresh salts make it unique, so its digest is the
    event's identity, and a leaf already in the log is recognised after any crash.
    """

    identity = models.BinaryField(max_length=32, unique=True)
    record = models.CharField(max_length=26, blank=True, db_index=True)
    draft = models.BinaryField(max_length=4096)
    logged_index = models.BigIntegerField(null=True, db_index=True)
    refusal = models.TextField(blank=True)

    class Meta:
        """In the order of queueing."""

        db_table = "editorial_outbox"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"event {self.pk}"


class HeadRow(models.Model):
    """The writer's view of a record: its newest revision, its newest entry, whether the public may read it."""

    record = models.CharField(max_length=26, primary_key=True)
    revision = models.PositiveIntegerField()
    last_index = models.BigIntegerField()
    state = models.CharField(max_length=10)

    class Meta:
        """One row a record."""

        db_table = "editorial_head"

    def __str__(self) -> str:
        return self.record


class FollowRow(models.Model):
    """How far this room has followed the log, one row: `HeadRow`, and the destruction of what was erased."""

    next_index = models.BigIntegerField(default=0)
    destroyed_index = models.BigIntegerField(default=0)

    class Meta:
        """Exactly one."""

        db_table = "editorial_follow"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="editorial_follow_is_one_row")]  # noqa: RUF012

    def __str__(self) -> str:
        return str(self.next_index)


class ImportedRow(models.Model):
    """A text that was imported for an agency: the digest of its normalised words, and the record it became."""

    agency = models.CharField(max_length=40)
    text_sha256 = models.BinaryField(max_length=32)
    record = models.CharField(max_length=26, db_index=True)
    revision = models.PositiveIntegerField()
    index_number = models.CharField(max_length=60, blank=True)

    class Meta:
        """The same words of the same agency are the same record."""

        db_table = "editorial_imported"
        constraints = [models.UniqueConstraint(fields=["agency", "text_sha256"], name="editorial_imported_once")]  # noqa: RUF012

    def __str__(self) -> str:
        return self.record


class PlaceRow(models.Model):
    """A place where an imported text stood; duplicates keep theirs."""

    imported = models.ForeignKey(ImportedRow, on_delete=models.CASCADE, related_name="places")
    name = models.TextField()
    line = models.PositiveIntegerField(null=True)

    class Meta:
        """Each place once."""

        db_table = "editorial_place"
        constraints = [  # noqa: RUF012
            models.UniqueConstraint(
                fields=["imported", "name", "line"], name="editorial_place_once", nulls_distinct=False
            )
        ]
        indexes = [models.Index(fields=["name"], name="editorial_place_name")]  # noqa: RUF012

    def __str__(self) -> str:
        return self.name


class SerialRow(models.Model):
    """The last index-number serial given out, by agency and year; never reused (STATUTE: 索引号 uscc-year)."""

    unit = models.CharField(max_length=40)
    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        """One row a unit and year."""

        db_table = "editorial_serial"
        constraints = [models.UniqueConstraint(fields=["unit", "year"], name="editorial_serial_once")]  # noqa: RUF012

    def __str__(self) -> str:
        return f"{self.unit}/{self.year}"
