from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupplyConfig(AppConfig):
    name = "shop_personalize.supply"
    label = "shop_personalize_supply"
    verbose_name = _("Supply")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shop_personalize.registry.looks import offer_look
        from shop_personalize.registry.pages import Page, offer
        from shop_personalize.registry.periodic import register_periodic
        from shop_personalize.registry.pressure import pressure
        from shop_personalize.registry.verbs import offer_verb
        from shop_personalize.supply import checks  # noqa: F401
        from shop_personalize.supply.looks import look
        from shop_personalize.supply.selectors.pressures import pressures
        from shop_personalize.supply.tasks import EVERY, NAME, renew

        register_periodic(NAME, EVERY, renew)
        pressure.offer(pressures)
        offer_look("supply", look)
        offer_verb("forecast", "shop_personalize.supply.verbs.forecast_verb")
        offer_verb("replenish", "shop_personalize.supply.verbs.replenish_verb")
        offer(
            Page(
                url="admin:shop_personalize_supply_overview",
                title=_("Supply"),
                about=_("What will sell, what to order today, what lies too long."),
                permission="shop_personalize_supply.view_itemstate",
            )
        )
