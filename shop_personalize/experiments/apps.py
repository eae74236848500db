from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExperimentsConfig(AppConfig):
    name = "shop_personalize.experiments"
    label = "shop_personalize_experiments"
    verbose_name = _("Experiments")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shop_personalize.experiments import checks  # noqa: F401
        from shop_personalize.experiments.tasks import REVIEW_EVERY, review
        from shop_personalize.registry.pages import Page, offer
        from shop_personalize.registry.periodic import register_periodic

        register_periodic("experiments", REVIEW_EVERY, review)
        offer(
            Page(
                url="admin:shop_personalize_experiments_experiment_changelist",
                title=_("Experiments"),
                about=_("Which variant earns more, and how sure that is."),
                permission="shop_personalize_experiments.view_experiment",
                advice=_(
                    "All is well. Find out whether another block earns more: try it on "
                    "half of your visitors."
                ),
            )
        )
