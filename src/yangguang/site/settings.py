"""Django's settings, all of them derived from the node's folder."""

import os
from pathlib import Path

from yangguang.site.node import home_folder, load

NODE = load(home_folder())

DEBUG = False
SECRET_KEY = NODE.secret_key or "no node yet: nothing is signed"
ALLOWED_HOSTS = ["*"]  # nothing depends on the Host header; a front proxy narrows it
ROOT_URLCONF = "yangguang.site.urls"
WSGI_APPLICATION = "yangguang.site.wsgi.application"
INSTALLED_APPS = [
    "yangguang.agencies",
    "yangguang.editorial",
    "yangguang.catalogue",
    "yangguang.portal",
]
MIDDLEWARE = [
    "yangguang.portal.middleware.SecurityHeaders",
    "yangguang.portal.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["yangguang.portal.context.site"], "string_if_invalid": ""},
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": NODE.database,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 60,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
        },
    }
}
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parent.parent / "portal" / "locale"]
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
STATIC_URL = "/static/"
STATIC_ROOT = Path(__file__).parent.parent / "portal" / "static"
APPEND_SLASH = True
USE_X_FORWARDED_HOST = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["console"], "level": os.environ.get("YANGGUANG_LOG_LEVEL", "ERROR")}},
}
