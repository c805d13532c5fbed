"""Django's name for this room."""

from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    """The room `agencies`."""

    name = "yangguang.agencies"
    default_auto_field = "django.db.models.BigAutoField"
