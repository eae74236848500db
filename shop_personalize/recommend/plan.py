"""Rules and trials as serving reads them: plain facts, no model instances."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shop_personalize.recommend.rows import (
    RULE,
    RULE_COLUMNS,
    TRIAL,
    TRIAL_COLUMNS,
    moment,
)


@dataclass(frozen=True, kw_only=True)
class RuleConfig:
    """A row of ``Rule``; see there."""

    pk: int = 0
    name: str = ""
    action: str = "boost"
    block: str = ""
    """Slug of its block; "" for every block."""
    page: str = "any"
    items: tuple[str, ...] = ()
    conditions: tuple[dict[str, Any], ...] = ()
    position: int = 1
    strength: float = 0.5
    audience: str = "everyone"
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    priority: int = 100
    site: str = ""

    def is_due(self, now: datetime) -> bool:
        begun = self.starts_at is None or self.starts_at <= now
        return begun and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True, kw_only=True)
class TrialConfig:
    """A row of ``Trial`` that is running; see there."""

    slug: str = ""
    kind: str = "split"
    salt: str = ""
    block: str = ""
    share: float = 1.0
    audience: str = "everyone"
    arms: tuple[dict[str, Any], ...] = ()
    started_at: datetime | None = None


@dataclass(frozen=True)
class Plan:
    """What the owner wants beyond the blocks: rules by precedence, running trials."""

    rules: tuple[RuleConfig, ...] = ()
    trials: tuple[TrialConfig, ...] = ()


def plan_of(rows: dict[str, list[tuple[Any, ...]]], site: str = "") -> Plan:
    """Rules of this site by precedence, and the trials."""
    rules = (_rule(row) for row in rows[RULE])
    ours = [rule for rule in rules if rule.site in {"", site}]
    ours.sort(key=lambda rule: (rule.priority, rule.pk))
    trials = sorted((_trial(row) for row in rows[TRIAL]), key=lambda each: each.slug)
    return Plan(tuple(ours), tuple(trials))


def _rule(row: tuple[Any, ...]) -> RuleConfig:
    facts = dict(zip(RULE_COLUMNS.values(), row, strict=True))
    return RuleConfig(
        **{
            **{name: facts[name] for name in facts if name != "block__slug"},
            "block": facts["block__slug"] or "",
            "items": tuple(map(str, _parsed(facts["items"]))),
            "conditions": tuple(_parsed(facts["conditions"])),
            "starts_at": moment(facts["starts_at"]),
            "ends_at": moment(facts["ends_at"]),
        }
    )


def _trial(row: tuple[Any, ...]) -> TrialConfig:
    facts = dict(zip(TRIAL_COLUMNS.values(), row, strict=True))
    del facts["pk"]
    arms = tuple(_parsed(facts["arms"]))
    started = moment(facts["started_at"])
    return TrialConfig(**{**facts, "arms": arms, "started_at": started})


def _parsed(text: Any) -> list[Any]:
    found = json.loads(text) if isinstance(text, str) else text
    return found if isinstance(found, list) else []
