from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExperimentsConfig(AppConfig):
    name = "shop_personalize.experiments"
    label = "shop_personalize_experiments"
    verbose_name = _("Experiments")
    default_auto_field = "django.db.models.BigAutoField"
