"""The first page: what recommendations bring, what is missing, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from shop_personalize.admin import earnings, health, readiness
from shop_personalize.admin.access import TRAIN, FactAdmin, allowed
from shop_personalize.admin.charts import Series, funnel, line
from shop_personalize.admin.earnings import DAYS, Earnings, Led
from shop_personalize.admin.gain import headline, told
from shop_personalize.admin.next_step import next_step, offered_pages
from shop_personalize.admin.numbers import (
    MINUS,
    NOTHING,
    change,
    money,
    number,
    percent,
)
from shop_personalize.admin.training_jobs import ACTIVE, bar
from shop_personalize.admin.training_jobs import headline as job_headline
from shop_personalize.attribution.uplift import uplift
from shop_personalize.models import Block, BlockDay, TrainingJob
from shop_personalize.tasks import roll_up_if_due

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@admin.register(BlockDay)
class OverviewAdmin(FactAdmin):
    """The list of the daily sums is the overview; single sums are nobody's question."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_GET(self.overview_view))
        return [
            path("", view, name="shop_personalize_blockday_changelist"),
            path("", view, name="shop_personalize_overview"),
        ]

    def overview_view(self, request: HttpRequest) -> HttpResponse:
        self.may_view(request)
        roll_up_if_due()
        today = timezone.localdate()
        led, more = earnings.measure(today), uplift(today)
        ready = list(readiness.by_slug().values())
        state = health.measure()
        offered = offered_pages(request)
        context = {
            "title": headline(more) or title(led),
            "days": DAYS,
            "gain": told(more),
            "step": next_step(led, ready, state, more, offered),
            "pages": offered,
            "may_train": allowed(request, TRAIN),
            "tiles": tiles(led),
            "chart": chart(led),
            "funnel": steps(led),
            "blocks": block_rows(led),
            "others": [money(amount, currency) for currency, amount in led.others],
            "ready": [
                (
                    each.title,
                    readiness.state(each),
                    number(each.products or None),
                    readiness.missing(each),
                )
                for each in ready
            ],
            "ready_count": sum(1 for each in ready if each.state == "ready"),
            "ready_total": len(ready),
            "jobs": running(),
            "health": health_line(state),
            "problems": health.findings(state),
        }
        return self.page(request, "overview.html", context)


def title(led: Earnings) -> str:
    """The answer to “what do recommendations bring?”"""
    words: dict[str, Any] = {
        "amount": money(led.now.revenue, led.currency),
        "days": DAYS,
        "clicks": number(led.now.clicked),
        "seen": number(led.now.seen),
    }
    if led.now.revenue:
        by = change(led.now.revenue, led.before.revenue)
        words["by"] = percent(abs(by)) if by else ""
        if by is None or not by:
            sold = _("%(amount)s sold after clicks on recommendations in %(days)s days")
            return sold % words
        if by > 0:
            return (
                _(
                    "%(amount)s sold after clicks on recommendations in %(days)s days, "
                    "%(by)s more than before"
                )
                % words
            )
        return (
            _(
                "%(amount)s sold after clicks on recommendations in %(days)s days, "
                "%(by)s less than before"
            )
            % words
        )
    if led.now.clicked:
        return (
            _(
                "Recommendations were clicked %(clicks)s times in %(days)s days; "
                "nothing was bought after it yet"
            )
            % words
        )
    if led.now.seen:
        return _("Recommendations were seen %(seen)s times, not clicked yet") % words
    return _("No recommendation has been seen yet")


def tiles(led: Earnings) -> list[tuple[str, str, str]]:
    """Name, number, and how it compares with the days before."""
    named = (
        (_("shown"), "shown"),
        (_("seen"), "seen"),
        (_("clicked"), "clicked"),
        (_("put into the basket"), "carted"),
        (_("bought"), "bought"),
    )
    counted = [
        (label, number(getattr(led.now, name)), compared(led, name))
        for label, name in named
    ]
    sold = money(led.now.revenue, led.currency)
    return [(_("sold"), sold, compared(led, "revenue")), *counted]


def compared(led: Earnings, name: str) -> str:
    now, before = getattr(led.now, name), getattr(led.before, name)
    by = change(now, before)
    if by is None:
        return _("nothing to compare with yet") if now else ""
    if not by:
        return _("as before")
    return f"{'+' if by > 0 else MINUS}{percent(abs(by))}"


def chart(led: Earnings) -> Any:
    """Revenue by day, or clicks while nothing has been sold."""
    if not led.now.seen:
        return ""
    labels = [date_format(day, "SHORT_DATE_FORMAT") for day, _led in led.days]
    if led.now.revenue:
        values = [float(one.revenue) for _day, one in led.days]
        return line(
            _("Sold after a click, day by day"),
            labels,
            [Series("", values)],
            write=lambda value: money(value, led.currency),
            head=_("day"),
        )
    clicks = [float(one.clicked) for _day, one in led.days]
    return line(_("Clicks, day by day"), labels, [Series("", clicks)], head=_("day"))


def steps(led: Earnings) -> Any:
    if not led.now.seen:
        return ""
    return funnel(
        _("From shown to bought"),
        [
            (_("shown"), max(led.now.shown, led.now.seen)),
            (_("seen"), led.now.seen),
            (_("clicked"), led.now.clicked),
            (_("put into the basket"), led.now.carted),
            (_("bought"), led.now.bought),
        ],
    )


def block_rows(led: Earnings) -> list[list[str]]:
    return [
        [
            name,
            money(one.revenue, led.currency) if one.revenue else NOTHING,
            number(one.seen),
            number(one.clicked),
            percent(one.click_rate),
            number(one.carted),
            number(one.bought),
        ]
        for name, one in _named(led)
    ]


def _named(led: Earnings) -> list[tuple[str, Led]]:
    known = dict(Block.objects.values_list("slug", "title"))
    return [
        (_(known[slug]) if slug in known else slug, one) for slug, one in led.blocks
    ]


def running() -> list[dict[str, Any]]:
    jobs = TrainingJob.objects.filter(state__in=ACTIVE).select_related("recommender")
    return [
        {"job": job, "headline": job_headline(job), "bar": bar(job), "stage": job.stage}
        for job in jobs[:10]
    ]


def health_line(state: health.Health) -> str:
    if state.last is None:
        return _("Nothing has been recorded yet.")
    if not state.total:
        return _("Nothing was recorded in the last 24 hours.")
    words = {"bots": percent(state.bot_share), "n": number(state.total)}
    return (
        ngettext(
            "%(n)s event in 24 hours, %(bots)s of them from bots.",
            "%(n)s events in 24 hours, %(bots)s of them from bots.",
            state.total,
        )
        % words
    )
