from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupplyConfig(AppConfig):
    name = "shop_personalize.supply"
    label = "shop_personalize_supply"
    verbose_name = _("Supply")
    default_auto_field = "django.db.models.BigAutoField"
