from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchDay(models.Model):
    """How a term was searched for on one day, and what came of it."""

    term = models.CharField(_("search term"), max_length=100)
    day = models.DateField(_("day"))
    searches = models.PositiveIntegerField(_("searches"), default=0)
    people = models.PositiveIntegerField(_("new people"), default=0)
    """Visitors who had not searched for it in the four weeks before."""
    told = models.PositiveIntegerField(_("of known result"), default=0)
    """Searches of which the shop said how many products they found."""
    empty = models.PositiveIntegerField(_("without results"), default=0)
    opened = models.PositiveIntegerField(_("a product was opened after"), default=0)
    bought = models.PositiveIntegerField(_("bought after"), default=0)

    class Meta:
        app_label = "shop_personalize_insight"
        verbose_name = _("day of a search term")
        verbose_name_plural = _("days of search terms")
        constraints = [
            models.UniqueConstraint(fields=["day", "term"], name="spi_search_day")
        ]

    def __str__(self) -> str:
        return f"{self.term} {self.day}"
