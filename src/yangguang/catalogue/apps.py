"""The catalogue as a Django application."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Tables: one row a record, one row an entry about a record, one cursor."""

    name = "yangguang.catalogue"
    label = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"
