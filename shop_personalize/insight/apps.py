from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from shop_personalize.registry import pages
from shop_personalize.registry.periodic import register_periodic


class InsightConfig(AppConfig):
    name = "shop_personalize.insight"
    label = "shop_personalize_insight"
    verbose_name = _("Insight")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shop_personalize.insight import tasks

        register_periodic("insight", tasks.EVERY, tasks.renew)
        pages.offer(
            pages.Page(
                url="admin:shop_personalize_insight_reports",
                title=_("Reports"),
                about=_("Visitors, customers, products, searches and baskets."),
                permission="shop_personalize_insight.view_keptanswer",
            )
        )
