from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from shop_personalize.registry import pages
from shop_personalize.registry.periodic import register_periodic
from shop_personalize.registry.verbs import offer_verb


class PricingConfig(AppConfig):
    name = "shop_personalize.pricing"
    label = "shop_personalize_pricing"
    verbose_name = _("Pricing")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shop_personalize.pricing import checks, tasks  # noqa: F401

        register_periodic("pricing", tasks.every(), tasks.renew)
        offer_verb("price", "shop_personalize.pricing.verbs.price_verb")
        pages.offer(
            pages.Page(
                url="admin:shop_personalize_pricing_pricesuggestion_changelist",
                title=_("Prices"),
                about=_("Which prices would bring more, and how sure that is."),
                permission="shop_personalize_pricing.view_pricesuggestion",
            )
        )
