"""From candidates to products: live filter, refill, variety, no product twice."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from shop_personalize.catalog import get_catalog
from shop_personalize.recommend.candidates import (
    MOST,
    NEW,
    Asked,
    Candidate,
    allowed,
    pass_rate,
)
from shop_personalize.recommend.explain import NEWEST
from shop_personalize.recommend.mix import POPULARITY, Moves, mixed, own_items
from shop_personalize.recommend.pins import by_rule, pinned
from shop_personalize.recommend.rules.book import EXCLUDE, Book
from shop_personalize.recommend.rules.fitting import in_band

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shop_personalize.recommend.plan import RuleConfig
    from shop_personalize.recommend.scope import Scope

BECAUSE_SPARE = 2
MATCHING_WIDER = 10
"""So many times what is missing is asked of the catalog for a rule."""


@dataclass
class Choice:
    """The products chosen, and what was put aside on the way."""

    book: Book
    """What the owner's rules say here."""
    picked: list[tuple[Candidate, Any]] = field(default_factory=list)
    proposed: list[Candidate] = field(default_factory=list)
    put_aside: dict[str, str] = field(default_factory=dict)
    """Item id → why it is not shown."""
    moves: Moves = field(default_factory=dict)
    """Item id → what the mix moved it by."""
    variants: dict[str, str] = field(default_factory=dict)
    """Item id → the arm it came from, where two arms share the list."""
    passed: list[bool] = field(default_factory=list)
    """Whether each candidate for sale may be shown here, in the order proposed."""
    is_short: bool = False
    """Whether a rule that shows only some products left places empty."""

    def depth(self, limit: int) -> tuple[int, int]:
        """How many candidates for sale were looked at for how many to show."""
        found = list(accumulate(map(int, self.passed)))
        if not found or found[-1] < limit:
            return len(found), found[-1] if found else 0
        return found.index(limit) + 1, limit

    def unfit(
        self, asked: Asked, item_id: str, product: Any, before: int | None = None
    ) -> str:
        """Why a product is not shown, "" if nothing speaks against it.

        ``before`` asks only the rules before that one.
        """
        if product is None:
            return "not for sale now"
        why = _off_the_block(asked, self.book, item_id, product)
        if why or not self.book:
            return why
        rule = self.book.refusal(item_id, product, before)
        return "" if rule is None else refusal(rule)


def banned(asked: Asked, *, exclude: Iterable[str] = ()) -> dict[str, str]:
    """What must not be shown here, with the reason."""
    block, place, history = asked.block, asked.place, asked.history
    found = dict.fromkeys(asked.scope.shown, "already on the page")
    if block.exclude_purchased:
        bought = history.bought(within_days=block.rebuy_days)
        found |= dict.fromkeys(bought, "bought")
    if block.exclude_basket:
        found |= dict.fromkeys(asked.basket, "in the basket")
    found |= dict.fromkeys(place.items, "what the page is about")
    found |= dict.fromkeys(exclude, "excluded by the caller")
    found |= dict.fromkeys(history.hidden, "hidden by the visitor")
    if place.product_id:
        found[place.product_id] = "the page's own product"
    return found


def choose(asked: Asked, limit: int) -> Choice:
    """The best ``limit`` candidates that can be shown now, in order.

    One catalog query, sized by the share of candidates that lately passed. Only when
    that share has just collapsed is a second, larger one made: a block is never short.
    """
    choice = Choice(Book(asked))
    book = choice.book
    rate = allowed.of(book.key())
    pool = asked.block.pool(limit, is_steered=book.may_steer)
    wanted = pass_rate.wanted(limit, pool, allowed=rate.value)
    kept = _round(
        asked, choice, asked.stream(book.reach(wanted, MOST)), wanted, first=True
    )
    if len(kept) < limit and len(choice.proposed) < MOST:
        kept += _round(asked, choice, _rest(asked, choice), MOST)
    rate.note(*choice.depth(limit))
    if len(kept) < limit and book.includes and not asked.block.is_about_oneself:
        known = {c.item_id for c in choice.proposed}
        kept += _round(asked, choice, asked.behind(POPULARITY, known, MOST), MOST)
        if len(kept) < limit:
            kept += _round(asked, choice, _matching(asked, choice, limit), MOST)
    if not choice.proposed and not asked.block.is_about_oneself:
        kept = _newest(asked, choice, limit)
    pins = pinned(asked, choice, kept, limit)
    choice.picked, choice.moves = mixed(asked, book, kept, limit, pins)
    choice.is_short = book.includes and len(choice.picked) < limit
    return choice


def _rest(asked: Asked, choice: Choice) -> Iterator[Candidate]:
    """What the chain proposes beyond what it proposed already."""
    known = asked.banned | {c.item_id for c in choice.proposed}
    return replace(asked, banned=known).stream(MOST)


def _round(
    asked: Asked,
    choice: Choice,
    candidates: Iterable[Candidate],
    n: int,
    *,
    first: bool = False,
) -> list[tuple[Candidate, Any]]:
    found = list(islice(_unrefused(choice, candidates), n))
    if first and found and asked.block.taste.exploration:
        known = {c.item_id for c in found}
        guests = asked.behind(NEW, known, asked.block.limit)
        found += _unrefused(choice, guests)
    choice.proposed += found
    extra = _extra(asked, choice.book, found, first=first)
    if not found and not extra:
        return []
    ids = [c.item_id for c in found]
    products = showable(asked.scope, ids, also=extra)
    for_sale = sum(1 for each in ids if each in products)
    pass_rate.note(len(ids), for_sale)
    kept = []
    for candidate in found:
        product = products.get(candidate.item_id)
        why = choice.unfit(asked, candidate.item_id, product)
        if why:
            choice.put_aside[candidate.item_id] = why
        else:
            kept.append((candidate, product))
    fitting = {c.item_id for c, _product in kept}
    choice.passed += [each in fitting for each in ids if each in products]
    return kept


def _matching(asked: Asked, choice: Choice, limit: int) -> Iterator[Candidate]:
    """What a rule shows only and nobody proposes: the catalog is asked for it."""
    scope, known = asked.scope, asked.banned | {c.item_id for c in choice.proposed}
    for words in choice.book.words():
        wanted = MATCHING_WIDER * (limit + len(asked.banned))
        found = get_catalog().matching(words, wanted, scope.request, scope.needed)
        scope.products.update(found)
        for item_id in found:
            if item_id not in known:
                yield by_rule(item_id, step=len(asked.block.chain))


def _unrefused(choice: Choice, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Without those that a rule takes away by their ids: they need not be fetched."""
    for candidate in candidates:
        rule = choice.book.refused_by_id(candidate.item_id)
        if rule is None:
            yield candidate
        else:
            choice.proposed.append(candidate)
            choice.put_aside[candidate.item_id] = refusal(rule)


def _extra(
    asked: Asked, book: Book, found: Sequence[Candidate], *, first: bool
) -> list[str]:
    """What is fetched along: reasons, the page's product, what is pinned."""
    pool = asked.block.pool(asked.block.limit, is_steered=book.may_steer)
    wanted = [c.because for c in found[: pool + BECAUSE_SPARE]]
    if first:
        pinned_here = (i for i in book.pinned_ids if i not in asked.banned)
        wanted += [*own_items(asked), *pinned_here]
    if found or wanted:
        wanted.append(asked.place.product_id)
    return [each for each in wanted if each]


def _off_the_block(asked: Asked, book: Book, item_id: str, product: Any) -> str:
    """Why the block's own settings leave a product out."""
    block = asked.block
    if block.same_category:
        wanted = _category(asked)
        if wanted and get_catalog().category(product) != wanted:
            return "another category"
    if block.price_band is not None and not _is_near(book, item_id, product):
        return "too far in price"
    return ""


def _category(asked: Asked) -> str:
    if asked.place.category:
        return asked.place.category
    known = asked.scope.products.get(asked.place.product_id)
    product = asked.place.product or known
    return get_catalog().category(product) if product is not None else ""


def _is_near(book: Book, item_id: str, product: Any) -> bool:
    """Whether it costs about what the page's product does; without one all do."""
    share, base = book.asked.block.price_band, book.page.price
    price = book.facts(item_id, product).price
    if share is None or base is None:
        return True
    return price is not None and in_band(price.amount, base, Decimal(str(share)))


def refusal(rule: RuleConfig) -> str:
    """In the words of staff: which rule takes a product away, and how."""
    if rule.action == EXCLUDE:
        return gettext("rule “%(rule)s” never shows it") % {"rule": rule.name}
    return gettext("rule “%(rule)s” shows only others") % {"rule": rule.name}


def showable(
    scope: Scope, ids: Sequence[str], *, also: Sequence[str] = ()
) -> dict[str, Any]:
    """Products that can be shown and bought now; asks only for those not yet known."""
    wanted = dict.fromkeys([*ids, *also])
    unknown = [each for each in wanted if each not in scope.products]
    if unknown:
        found = get_catalog().with_facts(unknown, scope.request, scope.needed)
        scope.products.update({each: found.get(each) for each in unknown})
    known = ((each, scope.products[each]) for each in wanted)
    return {each: product for each, product in known if product is not None}


def _newest(asked: Asked, choice: Choice, limit: int) -> list[tuple[Candidate, Any]]:
    """A fresh shop knows nothing yet; it shows what came last."""
    catalog, scope, book = get_catalog(), asked.scope, choice.book
    pool = asked.block.pool(limit, is_steered=book.may_steer)
    wanted = pool + len(asked.banned)
    if book:
        told = book.words()
        words, many = (told[0] if len(told) == 1 else {}), MATCHING_WIDER * wanted
        found = catalog.matching(words, min(many, MOST), scope.request, scope.needed)
        scope.products.update(found)
    else:
        found = catalog.newest(min(wanted, MOST), scope.request)
    chosen: list[str] = []
    for item_id, product in found.items():
        why = choice.unfit(asked, item_id, product)
        if why:
            choice.put_aside[item_id] = why
        elif item_id not in asked.banned:
            chosen.append(item_id)
    return [
        (
            Candidate(each, 0.0, "", NEWEST, NEWEST, 0, len(asked.block.chain), at),
            found[each],
        )
        for at, each in enumerate(chosen[:pool])
    ]


def sources_of(choice: Choice, asked: Asked) -> dict[str, tuple[Any, str]]:
    """Products that led here and their titles, by id; no query."""
    found = {c.because: asked.scope.products.get(c.because) for c, _ in choice.picked}
    if asked.place.product is not None:
        found[asked.place.product_id] = asked.place.product
    catalog, request = get_catalog(), asked.scope.request
    return {
        each: (product, catalog.title(product, request))
        for each, product in found.items()
        if product is not None and each
    }
