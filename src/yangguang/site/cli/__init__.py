"""The command line ``yangguang``: one door to everything a node does."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yangguang.site.settings")
django.setup()

# Tables can be imported only once Django is set up, hence below.
from yangguang.site.cli.app import main  # noqa: E402

__all__ = ["main"]
