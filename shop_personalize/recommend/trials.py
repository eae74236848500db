"""Who gets what: the permanent holdout, and a block as the visitor's arm has it.

Told from the visitor's key alone: nothing is asked, nothing is noted. Who has no key
(no consent, a robot, a page that is the same for everybody) takes part in nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.conf import settings

from shop_personalize.attribution import assignment
from shop_personalize.conf import app_settings
from shop_personalize.models import Rule, Trial
from shop_personalize.models.trial import HOLDOUT
from shop_personalize.recommend.audience import belongs
from shop_personalize.recommend.results import Recommendations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shop_personalize.recommend.config import BlockConfig, Configuration
    from shop_personalize.recommend.plan import TrialConfig
    from shop_personalize.recommend.scope import Scope
    from shop_personalize.recommend.wish import Wish

HELD = assignment.variant(HOLDOUT, assignment.HELD)
SWITCHES = ("show_reason", "same_category", "exclude_purchased", "exclude_basket")
TEXTS = ("title", "template")
COUNTS = ("limit", "minimum", "per_category", "rebuy_days")
SHARES = (
    "diversity",
    "calibration",
    "damping",
    "exploration",
    "revenue",
    "margin",
    "freshness",
    "clearance",
    "stock",
    "rotation",
)
"""Fields of a block that an arm may set, by the kind of their values."""


def is_held_out(scope: Scope, wish: Wish) -> bool:
    """Whether this visitor is one of those who see no recommendations.

    Developers and staff never are: an empty block would puzzle them.
    """
    share = app_settings.HOLDOUT
    if not share or settings.DEBUG or not _is_own(scope, wish):
        return False
    key = scope.unit
    return key is not None and assignment.is_held(key, share) and not _is_staff(scope)


def nothing(scope: Scope, wish: Wish) -> Recommendations:
    """What who is held out gets: no block, and a page that is whole without it."""
    name = wish.block or wish.recommender or ""
    return Recommendations(block=name, variant=HELD, request=scope.request)


def with_arm(scope: Scope, wish: Wish, block: BlockConfig) -> BlockConfig:
    """The block as the visitor's arm of its trial has it."""
    trial = trial_of(scope.configuration.plan.trials, block.slug)
    if trial is None or not block.is_active or not _is_own(scope, wish):
        return block
    key = scope.unit
    if key is None or not assignment.takes_part(key, trial.salt, trial.share):
        return block
    if not _is_for(trial.audience, scope):
        return block
    if trial.kind == Trial.Kind.INTERLEAVED:
        return _both(scope.configuration, trial, block)
    number = assignment.arm_number(key, trial.salt, trial.arms)
    return block if number is None else _as(scope.configuration, trial, number, block)


def trial_of(trials: Sequence[TrialConfig], block: str) -> TrialConfig | None:
    """A block is in one trial at a time: the first by name."""
    return next((each for each in trials if each.block in {"", block}), None)


def _is_own(scope: Scope, wish: Wish) -> bool:
    """Whether the page's visitor asks for themselves, not staff for somebody else."""
    if scope.request is None or not wish.personal or wish.trace:
        return False
    user = wish.user
    own = user is None or user == getattr(scope.request, "user", None)
    return own and wish.visitor_key is None


def _is_for(audience: str, scope: Scope) -> bool:
    """Asks for no history where nobody is left out: it is not yet known how much."""
    if audience == Rule.Audience.EVERYONE:
        return True
    return belongs(audience, scope, scope.history(scope.visitor_key))


def _is_staff(scope: Scope) -> bool:
    """Asked of those alone who would be held out and are logged in."""
    known = getattr(scope.request, "personalize", None)
    if known is not None and not known.user_pk:
        return False
    return bool(getattr(getattr(scope.request, "user", None), "is_staff", False))


def _both(
    configuration: Configuration, trial: TrialConfig, block: BlockConfig
) -> BlockConfig:
    """Two rankings that fill one list in turns."""
    if len(trial.arms) < 2:
        return block
    rivals = tuple(_as(configuration, trial, number, block) for number in (0, 1))
    name = assignment.variant(trial.slug, assignment.BOTH)
    return replace(block, rivals=rivals, variant=name)


def _as(
    configuration: Configuration, trial: TrialConfig, number: int, block: BlockConfig
) -> BlockConfig:
    """The block with the changes of an arm; what makes no sense changes nothing."""
    arm = trial.arms[number]
    changes: dict[str, Any] = arm.get("changes") or {}
    given = {name: value for name, value in changes.items() if _fits(name, value)}
    known = configuration.recommenders
    chain = tuple(known[slug] for slug in changes.get("chain", ()) if slug in known)
    only = changes.get("only")
    return replace(
        block,
        **given,
        chain=chain or block.chain,
        only=None if only is None else frozenset(only),
        without=frozenset(changes.get("without", ())),
        is_hidden=bool(changes.get("hidden")),
        variant=assignment.variant(trial.slug, str(arm.get("key", number))),
    )


def _fits(name: str, value: Any) -> bool:
    """Whether serving can take the value; an arm must not be able to break a page."""
    is_switch = isinstance(value, bool)
    if name in SWITCHES:
        return is_switch
    if name in TEXTS:
        return isinstance(value, str)
    if name in COUNTS:
        return isinstance(value, int) and not is_switch and value >= 0
    return name in SHARES and isinstance(value, (int, float)) and not is_switch
