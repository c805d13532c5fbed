"""The web application that Granian serves."""

import os
import threading
import time

from django.core.wsgi import get_wsgi_application

from yangguang.site.node import PARENT_VARIABLE

LOOK_SECONDS = 1.0


def _end_with(parent: int) -> None:
    """End this process when `parent` is gone: an orphan would go on showing pages that nobody brings up to date."""
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os._exit(1)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yangguang.site.settings")
if os.environ.get(PARENT_VARIABLE) == str(os.getppid()):
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
application = get_wsgi_application()
