"""The table of agencies."""

from django.db import models


class AgencyRow(models.Model):
    """One agency; its disclosure office's facts lie flat beside it."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=200)
    uscc = models.CharField(max_length=18)
    level = models.CharField(max_length=10)
    kind = models.CharField(max_length=30)
    parent = models.CharField(max_length=40, blank=True)
    region_code = models.CharField(max_length=6, blank=True)
    position = models.PositiveIntegerField(default=0)
    office_name = models.CharField(max_length=200, blank=True)
    office_address = models.CharField(max_length=300, blank=True)
    office_hours = models.CharField(max_length=200, blank=True)
    office_phone = models.CharField(max_length=60, blank=True)
    office_fax = models.CharField(max_length=60, blank=True)
    office_email = models.CharField(max_length=200, blank=True)
    office_website = models.CharField(max_length=300, blank=True)

    class Meta:
        """Listed in the order of registration, as an organisation chart is."""

        db_table = "agencies_agency"
        ordering = ("position", "code")

    def __str__(self) -> str:
        """Return the code."""
        return self.code
