"""The command line ``yangguang``: one door to everything a node does."""

import os
import sys

import django

from yangguang.kernel.errors import YangguangError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yangguang.site.settings")
try:
    django.setup()
except YangguangError as refused:  # node.toml, which the settings are made from
    sys.exit(f"yangguang: {refused}")

# Tables can be imported only once Django is set up, hence below.
from yangguang.site.cli.app import main

__all__ = ["main"]
