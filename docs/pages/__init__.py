"""The generated pages of the reference, one module a page.

The portal's views can be imported only once Django knows its applications, hence the setting up here.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yangguang.site.settings")
django.setup()
