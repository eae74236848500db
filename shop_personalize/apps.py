from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ShopPersonalizeConfig(AppConfig):
    name = "shop_personalize"
    verbose_name = _("Personalization")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shop_personalize import checks, logs, receivers  # noqa: F401

        logs.install()
        receivers.connect()
