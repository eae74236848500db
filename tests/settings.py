"""The default test project: a hand-written shop on SQLite, or on the servers named.

``DATABASE_URL``, ``REDIS_URL`` and ``CELERY_BROKER_URL`` choose real servers.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import environ

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
# One folder a run; a child process that must share it gets it by the environment.
if "SHOP_PERSONALIZE_TEST_DIR" in os.environ:
    WORK = Path(os.environ["SHOP_PERSONALIZE_TEST_DIR"])
else:
    WORK = Path(tempfile.mkdtemp(prefix="shop_personalize_"))
    atexit.register(shutil.rmtree, WORK, ignore_errors=True)

SECRET_KEY = "tests-only"
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
TIME_ZONE = "UTC"
ROOT_URLCONF = "tests.projects.gifts.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "static/"
MEDIA_ROOT = WORK / "media"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LANGUAGE_CODE = "en"

DATABASES = {
    "default": env.db("DATABASE_URL", default=f"sqlite:///{WORK / 'db.sqlite3'}")
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(WORK / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;",
    }

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "shop_personalize",
    "shop_personalize.experiments",
    "shop_personalize.insight",
    "shop_personalize.supply",
    "shop_personalize.pricing",
    "tests.projects.gifts",
    "tests.projects.shapes",
]
# The test shop has no migrations, so its tables come first; those of Django that it
# points to must not come later, or PostgreSQL refuses the foreign keys.
MIGRATION_MODULES = {"auth": None, "contenttypes": None}
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "shop_personalize.middleware.PersonalizeMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["shop_personalize.templatetags.personalize"],
        },
    }
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"}
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="")

SHOP_PERSONALIZE = {
    "CATALOG": {"model": "gifts.Product"},
    "ORDERS": {"model": "gifts.OrderItem"},
    "ROUTES": {
        "product": {"event": "view", "product": "pk"},
        "basket_add": {"event": "add_to_cart", "method": "POST", "product": "pk"},
        "search": {"event": "search", "query": "q"},
    },
    "REDIS_URL": env("REDIS_URL", default=None),
    "TASKS": "inline",
    "HOLDOUT": 0,
    "ATTRIBUTION": {"min_seconds": 0},  # tests click as soon as a page is made
    "ARTIFACT_CACHE": str(WORK / "artifacts"),
    "SNAPSHOT_DIR": str(WORK / "snapshot"),
}
