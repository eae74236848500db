from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsightConfig(AppConfig):
    name = "shop_personalize.insight"
    label = "shop_personalize_insight"
    verbose_name = _("Insight")
    default_auto_field = "django.db.models.BigAutoField"
