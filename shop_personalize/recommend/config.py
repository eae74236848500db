"""Blocks, their chains and the live versions, read in one query a request.

Nothing is kept between requests: what an owner saves, the next page shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

from django.db import connections, router
from django.utils.translation import gettext

from shop_personalize.ml.reranking import Taste
from shop_personalize.models import ModelVersion, Recommender
from shop_personalize.registry import RecommenderSpec, spec
from shop_personalize.registry.defaults import BLOCKS

BLOCK_FIELDS = (
    "slug",
    "page",
    "title",
    "is_active",
    "limit",
    "minimum",
    "template",
    "exclude_purchased",
    "rebuy_days",
    "exclude_basket",
    "same_category",
    "diversity",
    "per_category",
    "calibration",
    "damping",
    "exploration",
    "show_reason",
    "site",
    "position",
)
WIDER, POOL_AT_LEAST = 3, 20
"""A mix chooses among so many times what is shown."""
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
    show_reason: bool = True
    site: str = ""
    position: int = 0
    chain: tuple[Step, ...] = ()

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
        )

    def pool(self, limit: int) -> int:
        """Among how many the first ``limit`` are chosen: more where there is a mix."""
        return max(WIDER * limit, POOL_AT_LEAST) if self.taste else limit

    def mix(self) -> dict[str, float]:
        """What is not as it would be without a mix, by name."""
        return {name: value for name, value in vars(self.taste).items() if value}

    @property
    def is_about_oneself(self) -> bool:
        """A chain of nothing but the visitor's own things has no substitute."""
        return all(step.algorithm in OWN_THINGS for step in self.chain)


@dataclass(frozen=True)
class Configuration:
    """Every active recommender by slug and every block by slug."""

    recommenders: dict[str, Step] = field(default_factory=dict)
    blocks: dict[str, BlockConfig] = field(default_factory=dict)

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


@cache
def _statement(using: str) -> tuple[str, tuple[Any, ...]]:
    """The query compiled once: compiling took longer than answering it."""
    names = [f"steps__block__{name}" for name in BLOCK_FIELDS]
    rows = Recommender.objects.filter(is_active=True).values_list(
        "pk",
        "slug",
        "algorithm",
        "title",
        "live_version_id",
        "live_version__number",
        "live_version__artifact",
        "steps__position",
        *names,
    )
    sql, params = rows.order_by().query.get_compiler(using).as_sql()
    return sql, tuple(params)


def _rows() -> list[tuple[Any, ...]]:
    using = router.db_for_read(Recommender)
    with connections[using].cursor() as cursor:
        cursor.execute(*_statement(using))
        return [tuple(row) for row in cursor.fetchall()]


def load_configuration(site: str = "") -> Configuration:
    """One query: recommenders, their live versions and the steps that use them."""
    recommenders: dict[str, Step] = {}
    steps: dict[tuple[Any, ...], list[tuple[int, Step]]] = {}
    for row in _rows():
        if row[1] not in recommenders:
            recommenders[row[1]] = _step(*row[:7])
        if row[8] is not None:
            step = (row[7], recommenders[row[1]])
            steps.setdefault(row[8:], []).append(step)
    blocks = (_block(values, chain) for values, chain in steps.items())
    shown = {block.slug: block for block in blocks if block.site in {"", site}}
    return Configuration(recommenders, shown)


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


def _block(values: tuple[Any, ...], steps: list[tuple[int, Step]]) -> BlockConfig:
    ordered = sorted(steps, key=lambda step: (step[0], step[1].pk))
    named = dict(zip(BLOCK_FIELDS, values, strict=True))
    return BlockConfig(**named, chain=tuple(recommender for _, recommender in ordered))
