"""Django's name for this room."""

from django.apps import AppConfig


class EditorialConfig(AppConfig):
    """The room `editorial`."""

    name = "yangguang.editorial"
    default_auto_field = "django.db.models.BigAutoField"
