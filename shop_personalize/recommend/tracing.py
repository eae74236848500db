"""For staff: candidates → filters → rules → order, as of now. Nothing of it is public.

A trace is a dict of what JSON knows:

``block``, ``page``, ``history`` (deeds), ``basket`` (ids), ``mix`` (settings by name);
``chain``: per recommender ``recommender``, ``version``, ``candidates`` (count),
``explores``;
``rules``: by precedence ``id``, ``name``, ``action``, ``priority``, ``rests`` (why it
says nothing here, "" where it speaks) and ``products`` (how many it speaks of);
``is_short``: whether rules that show only some products left places empty;
``left_out``: id → why it was not even asked for (on the page, bought, hidden, …);
``put_aside``: id → why it was proposed or pinned and is not shown: not for sale,
another category, or the words of a rule;
``candidates``: in the order proposed ``item``, ``recommender``, ``rank``, ``score``,
``because``, ``put_aside`` (as above, "" if not), ``rules`` (ids of those that speak of
it, by precedence), ``shift`` (-1 to 1, how far rules move it), ``moves`` (``step``,
``from``, ``to``; step ``rules`` or ``pin`` is the owner's, ``from`` is null for what
nobody proposed), ``position`` (null if not shown) and, for what is shown,
``account``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shop_personalize.recommend.accounting import account_of
from shop_personalize.recommend.choose import showable
from shop_personalize.recommend.results import block_of

if TYPE_CHECKING:
    from shop_personalize.recommend.candidates import Asked, Candidate
    from shop_personalize.recommend.choose import Choice
    from shop_personalize.recommend.plan import RuleConfig


def trace_of(
    asked: Asked, choice: Choice, aside: dict[str, str], about: str = ""
) -> dict[str, Any]:
    """All that was proposed, by whom, what was put aside and what was moved.

    The scores of what is shown, and of the item ``about``, are accounted for.
    """
    if about and about not in aside:
        _judge(asked, choice, about)
    candidates = _candidates(choice)
    entries = [_entry(each, choice, asked) for each in candidates]
    for candidate, entry in zip(candidates, entries, strict=True):
        if entry["position"] or candidate.item_id == about:
            entry["account"] = account_of(asked, candidate)
    return {
        "block": block_of(asked.block),
        "page": asked.place.page,
        "history": len(asked.history.deeds),
        "basket": list(asked.basket),
        "mix": asked.block.mix(),
        "chain": _chain(asked, choice),
        "rules": _rules(asked, choice, entries),
        "is_short": choice.is_short,
        "left_out": aside,
        "put_aside": dict(choice.put_aside),
        "candidates": entries,
    }


def _judge(asked: Asked, choice: Choice, about: str) -> None:
    """What would keep a product out that nobody proposed: one query more."""
    if about in choice.put_aside or any(c.item_id == about for c in choice.proposed):
        return
    product = showable(asked.scope, [about]).get(about)
    if why := choice.unfit(asked, about, product):
        choice.put_aside[about] = why


def _candidates(choice: Choice) -> list[Candidate]:
    """Who was proposed, and behind them what is shown though nobody proposed it."""
    proposed = {c.item_id: c for c in choice.proposed}
    own = (c for c, _product in choice.picked if c.item_id not in proposed)
    return [*proposed.values(), *own]


def _chain(asked: Asked, choice: Choice) -> list[dict[str, Any]]:
    """Who was asked; behind the chain, who fills the places that it left."""
    chain = asked.block.chain
    behind = {
        step.slug: step
        for c in choice.proposed
        if c.step >= len(chain) and (step := asked.step_of(c)) is not None
    }
    counts = [
        sum(1 for c in choice.proposed if c.step == at) for at in range(len(chain))
    ]
    counts += [
        sum(
            1 for c in choice.proposed if c.step >= len(chain) and c.recommender == slug
        )
        for slug in behind
    ]
    return [
        {
            "recommender": step.slug,
            "version": step.number or None,
            "candidates": count,
            "explores": at >= len(chain),
        }
        for at, (step, count) in enumerate(
            zip([*chain, *behind.values()], counts, strict=True)
        )
    ]


def _rules(
    asked: Asked, choice: Choice, entries: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Every rule that is on, by precedence."""
    spoken = [pk for entry in entries for pk in entry["rules"]]
    return [
        {
            "id": rule.pk,
            "name": rule.name,
            "action": rule.action,
            "priority": rule.priority,
            "rests": choice.book.resting.get(rule.pk, ""),
            "products": spoken.count(rule.pk),
        }
        for rule in asked.scope.configuration.plan.rules
    ]


def _entry(candidate: Candidate, choice: Choice, asked: Asked) -> dict[str, Any]:
    item_id, book = candidate.item_id, choice.book
    places = {c.item_id: at for at, (c, _) in enumerate(choice.picked, 1)}
    product = asked.scope.products.get(item_id)
    return {
        "item": item_id,
        "recommender": candidate.recommender,
        "rank": candidate.rank + 1,
        "score": round(candidate.score, 6),
        "because": candidate.because,
        "put_aside": choice.put_aside.get(item_id, ""),
        "rules": [rule.pk for rule in _speaking(choice, item_id, product)],
        "shift": round(book.shift(item_id, product), 4) if product is not None else 0.0,
        "moves": choice.moves.get(item_id, []),
        "position": places.get(item_id),
    }


def _speaking(choice: Choice, item_id: str, product: Any) -> list[RuleConfig]:
    """Also of what was not fetched, because its id was enough to take it away."""
    if product is not None:
        return choice.book.speaking(item_id, product)
    rule = choice.book.refused_by_id(item_id)
    return [] if rule is None else [rule]
