"""Django's name for this room."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The room `portal`."""

    name = "yangguang.portal"
    label = "portal"
