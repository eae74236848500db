"""A shop as its developer runs it: SQLite and no broker, or the servers named.

``DATABASE_URL``, ``REDIS_URL`` and ``CELERY_BROKER_URL`` choose real servers; a
``.env`` file beside ``manage.py`` is read too.
"""

from __future__ import annotations

from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")
VAR = Path(env("DEMO_DIR", default=str(BASE_DIR / "var")))
VAR.mkdir(parents=True, exist_ok=True)

DEBUG = env.bool("DEBUG", default=True)
SECRET_KEY = env("SECRET_KEY", default="demo-only-not-secret")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
ROOT_URLCONF = "example_project.urls"
WSGI_APPLICATION = "example_project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = {
    "default": env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'demo.sqlite3'}")
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            " PRAGMA cache_size=-64000;"
        ),
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
    "example_project.shop",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "example_project.csp.ContentSecurityPolicyMiddleware",
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
        "DIRS": [BASE_DIR / "example_project" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "example_project.shop.context.shop",
            ],
        },
    }
]

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "example_project" / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
MEDIA_ROOT = VAR / "media"
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR / "mail"
LOGIN_URL = "shop:login"
LOGIN_REDIRECT_URL = "shop:home"
LOGOUT_REDIRECT_URL = "shop:home"
REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"}
SPECTACULAR_SETTINGS = {"TITLE": _("Teasel & Finch"), "VERSION": "1"}

REDIS_URL = env("REDIS_URL", default=None)
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
        }
    }
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="")

SHOP_PERSONALIZE = {
    "CATALOG": {
        "model": "shop.Product",
        "image": "()picture",
        "currency": "=GBP",
        "category": "category__name",
    },
    "ORDERS": {
        "model": "shop.OrderLine",
        "cancelled": {"order__status": "cancelled"},
        "refunded": {"returned": True},
    },
    "ROUTES": {
        "shop:product": {"event": "view", "product": "pk"},
        "shop:category": {"event": "list_view"},
        "shop:basket": {"event": "view_cart"},
        "shop:basket-add": {
            "event": "add_to_cart",
            "method": "POST",
            "product": "pk",
            "quantity": "quantity",
        },
        "shop:basket-remove": {
            "event": "remove_from_cart",
            "method": "POST",
            "product": "pk",
        },
        "shop:checkout": {"event": "checkout"},
        "shop:search": {"event": "search", "query": "q"},
    },
    "REDIS_URL": REDIS_URL,
    "BUNDLE": {"discount": "0.05", "add_url": "shop:basket-add-all"},
    "PRICING": {"apply": "field"},
}
