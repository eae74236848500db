"""What a caller gets: a sequence of recommendations that knows where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    from django.http import HttpRequest

    from shop_personalize.catalog.types import Card
    from shop_personalize.recommend.bundle import Bundle
    from shop_personalize.recommend.candidates import Candidate
    from shop_personalize.recommend.config import BlockConfig


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One product recommended, with the reason in the shopper's language."""

    product: Any
    item_id: str
    card: Card
    price: str
    """As text, in the reader's number format; "" if there is none."""
    position: int
    """1 is the first."""
    reason: str
    reason_code: str
    because: Any
    """The product that led here, or ``None``."""
    because_id: str
    block: str
    rid: str
    candidate: Candidate
    is_backup: bool = False
    variant: str = ""
    moves: tuple[dict[str, Any], ...] = ()
    """What the block's mix moved it by: step, place before, place after."""

    @property
    def url(self) -> str:
        return self.card.url

    @property
    def title(self) -> str:
        return self.card.title

    @property
    def score(self) -> float:
        return self.candidate.score

    @property
    def recommender(self) -> str:
        return self.candidate.recommender

    @property
    def version(self) -> int:
        return self.candidate.version

    def explain(self) -> dict[str, Any]:
        """For staff: who proposed it, at which rank and score, because of what."""
        return {
            "item": self.item_id,
            "position": self.position,
            "recommender": self.recommender,
            "version": self.version,
            "step": self.candidate.step,
            "rank": self.candidate.rank + 1,
            "score": round(self.score, 6),
            "because": self.because_id,
            "reason": self.reason,
            "is_backup": self.is_backup,
            "moves": list(self.moves),
        }


@dataclass(frozen=True)
class Recommendations(Sequence[Recommendation]):
    """The recommendations of one block; printed in a template, it is the block."""

    items: tuple[Recommendation, ...] = ()
    block: str = ""
    title: str = ""
    rid: str = ""
    recommender: str = ""
    version: int = 0
    variant: str = ""
    backup: bool = False
    """Whether the block's first recommender had nothing to say."""
    show_reason: bool = True
    template: str = ""
    about: Any = None
    """The page's own product, if it can be bought now."""
    trace: dict[str, Any] | None = None
    request: HttpRequest | None = field(default=None, compare=False, repr=False)

    @overload
    def __getitem__(self, index: int) -> Recommendation: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Recommendation]: ...
    def __getitem__(self, index: Any) -> Any:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def __str__(self) -> str:
        from shop_personalize.recommend.render import render

        return render(self, request=self.request)

    @property
    def list_id(self) -> str:
        """GA4's ``item_list_id``."""
        return f"sp:{self.block or self.recommender}:{self.rid}"

    @property
    def bundle(self) -> Bundle | None:
        """The page's product and these, with what they cost together."""
        from shop_personalize.recommend.bundle import bundle_of

        return bundle_of(self)

    @property
    def reasons_differ(self) -> bool:
        """The same reason under every card tells a shopper nothing."""
        return len({item.reason for item in self.items}) > 1 or len(self.items) == 1


def block_of(config: BlockConfig) -> str:
    return config.slug or (config.chain[0].slug if config.chain else "")
