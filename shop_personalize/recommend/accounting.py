"""For staff: which products carried a score, and how much of it, with their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shop_personalize import artifacts
from shop_personalize.ml.explaining import Account, accounts
from shop_personalize.ml.knowledge import NOBODY

if TYPE_CHECKING:
    from shop_personalize.artifacts import Artifact
    from shop_personalize.recommend.candidates import Asked, Candidate

MOST_SOURCES = 10
DIGITS = 4


def account_of(asked: Asked, candidate: Candidate) -> dict[str, Any] | None:
    """What stands behind a candidate's score; ``None`` for what no model scored."""
    recommender = asked.step_of(candidate)
    artifact = artifacts.live(recommender.recommender()) if recommender else None
    if artifact is None or recommender is None:
        return None
    code = int(artifact.ids.codes([candidate.item_id])[0])
    if code == NOBODY:
        return None
    for question in asked.questions(recommender, artifact):
        (found,) = accounts(
            artifact.knowledge,
            artifact.query_config,
            artifact.extras,
            [code],
            **question,
        )
        if found.score:
            return _told(artifact, found)
    return None


def _told(artifact: Artifact, found: Account) -> dict[str, Any]:
    total = sum(amount for _, amount in found.recommenders if amount > 0)
    return {
        "exact": found.exact,
        "score": round(found.score, 6),
        "people": found.people,
        "sources": [
            {
                "kind": part.kind,
                "item": _text(artifact, part.source),
                "share": round(share, DIGITS),
            }
            for part, share in found.shares[:MOST_SOURCES]
            if share > 0
        ],
        "recommenders": [
            {"name": name, "share": round(amount / total, DIGITS)}
            for name, amount in found.recommenders
            if amount > 0
        ],
        "effects": [
            {"fact": effect.name, "log_odds": round(effect.amount, DIGITS)}
            for effect in found.effects[:MOST_SOURCES]
        ],
    }


def _text(artifact: Artifact, code: int) -> str:
    return "" if code == NOBODY else artifact.ids.texts([code])[0]
