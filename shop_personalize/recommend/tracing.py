"""For staff: candidates → filters → order, as of now. Nothing of it is public."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shop_personalize.recommend.accounting import account_of
from shop_personalize.recommend.results import block_of

if TYPE_CHECKING:
    from shop_personalize.recommend.candidates import Asked, Candidate
    from shop_personalize.recommend.choose import Choice


def trace_of(
    asked: Asked, choice: Choice, aside: dict[str, str], about: str = ""
) -> dict[str, Any]:
    """All that was proposed, by whom, what was put aside and what was moved.

    The scores of what is shown, and of the item ``about``, are accounted for.
    """
    entries = [_entry(each, choice) for each in choice.proposed]
    for candidate, entry in zip(choice.proposed, entries, strict=True):
        if entry["position"] or candidate.item_id == about:
            entry["account"] = account_of(asked, candidate)
    return {
        "block": block_of(asked.block),
        "page": asked.place.page,
        "history": len(asked.history.deeds),
        "basket": list(asked.basket),
        "mix": asked.block.mix(),
        "chain": _chain(asked, choice),
        "left_out": aside,
        "candidates": entries,
    }


def _chain(asked: Asked, choice: Choice) -> list[dict[str, Any]]:
    """Who was asked; behind the chain, who fills the places given to exploration."""
    guests = [c for c in choice.proposed if asked.is_explored(c)]
    behind = asked.step(len(asked.block.chain)) if guests else None
    steps = [*asked.block.chain, *([behind] if behind else [])]
    return [
        {
            "recommender": step.slug,
            "version": step.number or None,
            "candidates": sum(1 for c in choice.proposed if c.step == at),
            "explores": at >= len(asked.block.chain),
        }
        for at, step in enumerate(steps)
    ]


def _entry(candidate: Candidate, choice: Choice) -> dict[str, Any]:
    places = {c.item_id: at for at, (c, _) in enumerate(choice.picked, 1)}
    return {
        "item": candidate.item_id,
        "recommender": candidate.recommender,
        "rank": candidate.rank + 1,
        "score": round(candidate.score, 6),
        "because": candidate.because,
        "put_aside": choice.put_aside.get(candidate.item_id, ""),
        "moves": choice.moves.get(candidate.item_id, []),
        "position": places.get(candidate.item_id),
    }
