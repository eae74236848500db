"""``{% load personalize %}``: the block, the script, an event, two filters."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from django import template
from django.template import Context, TemplateSyntaxError
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from shop_personalize.conf import app_settings
from shop_personalize.recommend.context import guess
from shop_personalize.recommend.guard import guarded
from shop_personalize.recommend.lazy import placeholder
from shop_personalize.recommend.mail import mail_of
from shop_personalize.recommend.render import NOTHING, SCRIPT, asset, render
from shop_personalize.recommend.results import Recommendations
from shop_personalize.recommend.service import compose, rank, wish_of
from shop_personalize.recommend.service import recommend as recommend_products
from shop_personalize.recommend.shared import seconds_of, shared

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.template.base import FilterExpression, Parser, Token

    from shop_personalize.recommend.wish import Wish

register = template.Library()

WHERE = ("product", "basket", "category", "user", "query", "items")
HOW = (
    "limit",
    "min",
    "exclude",
    "in_stock",
    "same_category",
    "diversity",
    "per_category",
    "price_band",
    "rotation",
    "objective",
    "fallback",
    "title",
    "template",
)
ASIDE = ("cache", "base_url")
"""Arguments about where the HTML goes, not about what is recommended."""
WORDS = ("lazy", "email", "email_text")
ABOUT = {"product", "basket", "items", "category", "query"}
ARGUMENTS = (*WHERE, *HOW, *ASIDE)


class RecommendationsNode(template.Node):
    def __init__(
        self,
        name: FilterExpression | None,
        arguments: dict[str, FilterExpression],
        *,
        words: frozenset[str] = frozenset(),
        variable: str = "",
    ) -> None:
        self.name = name
        self.arguments = arguments
        self.words = words
        self.variable = variable

    def render(self, context: Context) -> str:
        if not app_settings.ENABLED:
            return self._keep(context, Recommendations())
        if self.variable:
            found = guarded(
                lambda: compose(*self._wish(context)[:2]),
                Recommendations(),
                what="{% recommendations %}",
            )
            return self._keep(context, found)
        return guarded(
            lambda: self._html(context), NOTHING, what="{% recommendations %}"
        )

    def _keep(self, context: Context, found: Recommendations) -> str:
        if self.variable:
            context[self.variable] = found
        return NOTHING

    def _html(self, context: Context) -> SafeString:
        request, wish, aside = self._wish(context)
        if self.words & {"email", "email_text"}:
            return self._letter(context, wish, aside.get("base_url") or "")
        if "lazy" in self.words:
            return placeholder(request, wish)
        if aside.get("cache"):
            return shared(request, wish, seconds_of(aside["cache"]))
        found = compose(request, wish)
        return render(found, request=request, context=flat(context))

    def _letter(self, context: Context, wish: Wish, base_url: str) -> SafeString:
        """As text only where the template says that it is none of HTML."""
        letter = mail_of(wish.user, wish, base_url)
        if "email_text" not in self.words:
            return letter.html
        return escape(letter.text) if context.autoescape else SafeString(letter.text)

    def _wish(self, context: Context) -> tuple[Any, Wish, dict[str, Any]]:
        request = context.get("request")
        name = self.name.resolve(context) if self.name else None
        given = {key: arg.resolve(context) for key, arg in self.arguments.items()}
        aside = {key: given.pop(key, None) for key in ASIDE}
        told = {key: given.pop(key, None) for key in WHERE}
        told = {key: value for key, value in told.items() if value is not None}
        guessed = guess(context, request)
        if ABOUT & told.keys():
            # Told what it is about, the page's own product is only not to be shown.
            own = guessed.get("product")
            guessed = {}
            if own is not None and "product" not in told:
                given["exclude"] = [*(given.get("exclude") or ()), own]
        wish = wish_of(block=name, **{**guessed, **told}, **given)
        return request, wish, aside


def flat(context: Context) -> dict[str, Any]:
    """The page's variables, for templates that the shop writes itself."""
    flattened = context.flatten()
    return {str(key): value for key, value in flattened.items()}


@register.tag
def recommendations(parser: Parser, token: Token) -> RecommendationsNode:
    """``{% recommendations ["name"] [argument=value …] [lazy] [as var] %}``."""
    bits = token.split_contents()[1:]
    variable = ""
    if len(bits) >= 2 and bits[-2] == "as":
        variable = bits[-1]
        bits = bits[:-2]
    words = frozenset(bits) & frozenset(WORDS)
    bits = [bit for bit in bits if bit not in words]
    _fitting([*sorted(words), *(["“as”"] if variable else [])])
    name = None
    if bits and "=" not in bits[0].split("|")[0].split('"')[0].split("'")[0]:
        name = parser.compile_filter(bits.pop(0))
    arguments = dict(_argument(parser, bit) for bit in bits)
    if "cache" in arguments:
        _fitting(["cache=", *sorted(words), *(["“as”"] if variable else [])])
    return RecommendationsNode(name, arguments, words=words, variable=variable)


def _fitting(ways: list[str]) -> None:
    if len(ways) > 1:
        raise TemplateSyntaxError(
            f"{{% recommendations %}}: {' and '.join(ways)} exclude each other"
        )


def _argument(parser: Parser, bit: str) -> tuple[str, FilterExpression]:
    key, equals, value = bit.partition("=")
    if not equals or not key.isidentifier():
        raise TemplateSyntaxError(
            f"{{% recommendations %}} takes a name, then argument=value, not {bit!r}"
        )
    if key not in ARGUMENTS:
        near = get_close_matches(key, ARGUMENTS, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise TemplateSyntaxError(
            f"{{% recommendations %}} has no argument {key!r}{hint} "
            f"It takes: {', '.join((*ARGUMENTS, *WORDS))}, as."
        )
    return key, parser.compile_filter(value)


@register.simple_tag(takes_context=True)
def personalize_js(context: Context) -> SafeString:
    """The one deferred script; no inline code, so no content policy is in its way."""
    return guarded(lambda: _script(context), NOTHING, what="{% personalize_js %}")


def _script(context: Context) -> SafeString:
    from django.urls import reverse

    if not app_settings.ENABLED:
        return NOTHING
    return format_html(
        '<script src="{}" defer data-sp-events="{}"></script>',
        asset(SCRIPT),
        reverse("shop_personalize:events"),
    )


@register.simple_tag(takes_context=True)
def track(context: Context, kind: str, product: Any = None, **details: Any) -> str:
    """Record an event while the page is rendered: ``{% track "view" product %}``."""
    from shop_personalize.capture import service

    request = context.get("request")
    if request is not None:
        guarded(
            lambda: service.track(kind, product, request=request, **details),
            None,
            what="{% track %}",
        )
    return ""


@register.filter(name="personalize")
def personalized(products: Iterable[Any], request: Any = None) -> list[Any]:
    """``{{ queryset|personalize:request }}``: the same, this visitor's first."""
    return rank(request, products)


@register.filter
def similar(product: Any, limit: int = 6) -> Recommendations:
    """``{{ product|similar:6 }}``: a block, or a sequence to loop over."""
    return recommend_products(
        None, recommender="similar", product=product, limit=limit, minimum=1
    )
