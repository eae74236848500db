"""Blocks, their chains and the live versions, read in one query a request.

Nothing is kept between requests: what an owner saves, the next page shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from shop_personalize.ml.reranking import Taste
from shop_personalize.models import ModelVersion, Recommender
from shop_personalize.recommend.plan import Plan, plan_of
from shop_personalize.recommend.rows import BLOCK_FIELDS, RECOMMENDER, moment, rows
from shop_personalize.recommend.rules.fitting import facts_for
from shop_personalize.registry import RecommenderSpec, spec
from shop_personalize.registry.defaults import BLOCKS

WIDER, POOL_AT_LEAST = 3, 20
"""A mix chooses among so many times what is shown."""
OBJECTIVES = {
    "revenue": ("price",),
    "margin": ("price", "cost"),
    "freshness": ("created",),
    "clearance": ("created", "stock"),
    "stock": (),
}
"""What may count beside relevance, and the facts it is told by."""
OWN_THINGS = frozenset({"recently_viewed", "buy_it_again"})


@dataclass(frozen=True, slots=True)
class Step:
    """A recommender of a chain: the row read; a model only when one is needed."""

    pk: int
    slug: str
    algorithm: str
    title: str
    version_id: int | None
    number: int
    artifact: str

    def recommender(self) -> Recommender:
        """The model with its live version, unsaved and unqueried."""
        live = None
        if self.version_id is not None:
            live = ModelVersion(
                pk=self.version_id,
                recommender_id=self.pk,
                number=self.number,
                artifact=self.artifact,
            )
        return Recommender(
            pk=self.pk,
            slug=self.slug,
            algorithm=self.algorithm,
            title=self.title,
            live_version=live,
        )


@dataclass(frozen=True)
class BlockConfig:
    """A block as the owner set it, or what a recommender called by name implies."""

    slug: str = ""
    page: str = "any"
    title: str = ""
    is_active: bool = True
    shown_when: str = "always"
    limit: int = 8
    minimum: int = 3
    template: str = ""
    exclude_purchased: bool = True
    rebuy_days: int | None = None
    exclude_basket: bool = True
    same_category: bool = False
    diversity: float = 0.0
    per_category: int | None = None
    calibration: float = 0.0
    damping: float = 0.0
    exploration: float = 0.0
    revenue: float = 0.0
    margin: float = 0.0
    freshness: float = 0.0
    clearance: float = 0.0
    stock: float = 0.0
    rotation: float = 0.0
    show_reason: bool = True
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    site: str = ""
    position: int = 0
    chain: tuple[Step, ...] = ()
    variant: str = ""
    """Trial and arm whose changes are in it; "" outside of any."""
    rivals: tuple[BlockConfig, ...] = ()
    """Two arms that fill the same list in turns."""
    is_hidden: bool = False
    price_band: float | None = None
    """Only products within ± this share of the price of the page's product."""
    only: frozenset[int] | None = None
    """Ids of the rules that hold for it; ``None``: all."""
    without: frozenset[int] = frozenset()

    @property
    def heading(self) -> str:
        return gettext(self.title) if self.title else ""

    @cached_property
    def taste(self) -> Taste:
        """How its products are re-ranked; what a caller overdoes is cut to a share."""
        return Taste(
            damping=_share(self.damping),
            calibration=_share(self.calibration),
            diversity=_share(self.diversity),
            per_category=None
            if self.per_category is None
            else max(self.per_category, 1),
            exploration=0.0 if self.is_about_oneself else _share(self.exploration),
            rotation=_share(self.rotation),
            objectives=self.objectives,
        )

    @cached_property
    def objectives(self) -> dict[str, float]:
        """What counts beside relevance, and how much."""
        shares = {name: _share(getattr(self, name)) for name in OBJECTIVES}
        return {name: value for name, value in shares.items() if value}

    @property
    def facts(self) -> frozenset[str]:
        """What the catalog must tell for the objectives and the price band."""
        told = {fact for name in self.objectives for fact in OBJECTIVES[name]}
        return frozenset(told | ({"price"} if self.price_band is not None else set()))

    def pool(self, limit: int, *, is_steered: bool = False) -> int:
        """Among how many the first ``limit`` are chosen: more where there is a mix."""
        wide = self.taste or is_steered
        return max(WIDER * limit, POOL_AT_LEAST) if wide else limit

    def mix(self) -> dict[str, float]:
        """What is not as it would be without a mix, by name."""
        told = {**vars(self.taste), **self.objectives}
        return {n: value for n, value in told.items() if value and n != "objectives"}

    @property
    def is_about_oneself(self) -> bool:
        """A chain of nothing but the visitor's own things has no substitute."""
        return all(step.algorithm in OWN_THINGS for step in self.chain)


@dataclass(frozen=True)
class Configuration:
    """Every active recommender by slug and every block by slug."""

    recommenders: dict[str, Step] = field(default_factory=dict)
    blocks: dict[str, BlockConfig] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)

    @cached_property
    def facts(self) -> frozenset[str]:
        """What rules and blocks, wherever they stand, must know of products."""
        found = facts_for(self.plan.rules)
        active = (block.facts for block in self.blocks.values() if block.is_active)
        return found.union(*active)

    @cached_property
    def rotates(self) -> bool:
        """Whether some block must know what a visitor saw of recommendations."""
        return any(b.rotation > 0 for b in self.blocks.values() if b.is_active)

    def on_page(self, page: str) -> list[BlockConfig]:
        """Active blocks of a page, in the owner's order."""
        found = [b for b in self.blocks.values() if b.page == page and b.is_active]
        return sorted(found, key=lambda block: (block.position, block.slug))

    def by_recommender(
        self, name: str, fallback: tuple[str, ...] | None
    ) -> BlockConfig | None:
        """The block that a recommender's name alone stands for."""
        if name not in self.recommenders:
            return None
        names = (name, *(_usual_fallback(name) if fallback is None else fallback))
        chain = tuple(
            self.recommenders[each]
            for each in dict.fromkeys(names)
            if each in self.recommenders
        )
        return replace(_implied(chain[0]), chain=chain)


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def algorithm(recommender: Step) -> RecommenderSpec | None:
    return spec(recommender.algorithm)


def _usual_fallback(name: str) -> tuple[str, ...]:
    chains = (block.chain for block in BLOCKS if block.chain[0] == name)
    return next(chains, (name,))


def _implied(recommender: Step) -> BlockConfig:
    offered = algorithm(recommender)
    own = recommender.algorithm in OWN_THINGS
    asked = offered is not None and offered.context in {"history", "basket"}
    return BlockConfig(
        title=str(offered.title) if offered else recommender.slug,
        exclude_purchased=asked and not own,
        minimum=1 if own else 3,
    )


def load_configuration(site: str = "") -> Configuration:
    """One query: recommenders and the steps that use them, rules, running trials."""
    recommenders: dict[str, Step] = {}
    steps: dict[tuple[Any, ...], list[tuple[int, Step]]] = {}
    found = rows()
    for row in found[RECOMMENDER]:
        if row[1] not in recommenders:
            recommenders[row[1]] = _step(*row[:7])
        if row[8] is not None:
            step = (row[7], recommenders[row[1]])
            steps.setdefault(row[8:], []).append(step)
    now = timezone.now()
    blocks = (_block(values, chain, now) for values, chain in steps.items())
    shown = {block.slug: block for block in blocks if block.site in {"", site}}
    return Configuration(recommenders, shown, plan_of(found, site))


def _step(
    pk: int,
    slug: str,
    name: str,
    title: str,
    version_id: int | None,
    number: int | None,
    artifact: str | None,
) -> Step:
    return Step(pk, slug, name, title, version_id, number or 0, artifact or "")


def _block(
    values: tuple[Any, ...], steps: list[tuple[int, Step]], now: datetime
) -> BlockConfig:
    ordered = sorted(steps, key=lambda step: (step[0], step[1].pk))
    named = dict(zip(BLOCK_FIELDS, values, strict=True))
    start, end = (moment(named[name]) for name in ("starts_at", "ends_at"))
    is_due = (start is None or start <= now) and (end is None or now < end)
    named |= {"starts_at": start, "ends_at": end}
    named["is_active"] = named["is_active"] and is_due
    return BlockConfig(**named, chain=tuple(recommender for _, recommender in ordered))
