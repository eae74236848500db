"""Who looks at which page of the shop: what a preview is asked with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.admin.product_search import found_by
from shop_personalize.admin.products import stored, titles
from shop_personalize.admin.visitors import keys_of_user
from shop_personalize.models import Block, Interaction, Rule, Visitor

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST_KEY = 4
OFFERED = 20
RECENT = 400
"""The last interactions from which visitors and products are offered."""

LISTS = {"visitor": "sp-visitors", "product": "sp-products", "about": "sp-products"}


class PreviewForm(forms.Form):
    """Who looks at which page; everything may be left empty."""

    prefix = "preview"
    visitor = forms.CharField(
        label=gettext_lazy("as visitor"),
        required=False,
        help_text=gettext_lazy(
            "A customer's user name or the start of a visitor's key; "
            "empty: a new visitor."
        ),
    )
    product = forms.CharField(
        label=gettext_lazy("on the page of product"),
        required=False,
        help_text=gettext_lazy("Its title or id."),
    )
    basket = forms.CharField(
        label=gettext_lazy("with this basket"),
        required=False,
        help_text=gettext_lazy("Ids of products, separated by commas."),
    )
    about = forms.CharField(
        label=gettext_lazy("why not this product?"),
        required=False,
        help_text=gettext_lazy("Its title or id; says what became of it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, listed in LISTS.items():
            self.fields[name].widget.attrs["list"] = listed
        for one in self.fields.values():
            one.widget.attrs["class"] = "vTextField"

    def clean_visitor(self) -> str | None:
        text = self.cleaned_data["visitor"].strip()
        return find_visitor(text) if text else None

    def clean_product(self) -> str:
        return _one(self.cleaned_data["product"])

    def clean_about(self) -> str:
        return _one(self.cleaned_data["about"])

    def clean_basket(self) -> list[str]:
        ids = [each.strip() for each in self.cleaned_data["basket"].split(",")]
        return _known(ids) if any(ids) else []


def find_visitor(text: str) -> str:
    """The key behind a user name, an e-mail address or the start of a key."""
    keys = keys_of_user(text)
    if keys:
        known = Visitor.objects.filter(key__in=keys).values_list("key", flat=True)
        return known.first() or keys[0]
    found: list[str] = []
    if len(text) >= SHORTEST_KEY:
        starting = Visitor.objects.filter(key__startswith=text)
        found = list(starting.values_list("key", flat=True)[:2])
    if not found:
        raise ValidationError(_("There is no such customer or visitor."))
    if len(found) > 1:
        raise ValidationError(
            _("Several visitors start like this; type more of the key.")
        )
    return found[0]


def _one(text: str) -> str:
    found, problem = found_by(text.strip()) if text.strip() else ([""], "")
    if problem:
        raise ValidationError(problem)
    return found[0]


def _known(ids: Iterable[str]) -> list[str]:
    wanted = [each for each in ids if each]
    known = stored(wanted)
    unknown = [each for each in wanted if each not in known]
    if unknown:
        raise ValidationError(
            _("The shop has no product %(ids)s.") % {"ids": ", ".join(unknown)}
        )
    return wanted or [""]


class RulePreviewForm(PreviewForm):
    """The same for a rule, which may be heard in several blocks."""

    block = forms.ModelChoiceField(
        Block.objects.filter(is_active=True),
        label=gettext_lazy("in the block"),
        empty_label=None,
    )
    field_order = ["block"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        block: Any = self.fields["block"]
        block.label_from_instance = block_name
        block.widget.attrs.pop("class", None)


def block_name(block: Block) -> str:
    title = _(block.title)
    return f"{title} ({block.slug})"


def usual_block(rule: Rule) -> Block | None:
    """The block to try a rule in: its own, or the first of its page."""
    if rule.block is not None:
        return rule.block
    active = Block.objects.filter(is_active=True)
    page = Block.Page.HOME if rule.page == Block.Page.ANY else rule.page
    return active.filter(page=page).first() or active.first()


def usual_product(block: Block | None) -> str:
    """What a product page is about as long as nobody says: what was last looked at."""
    if block is None or block.page != Block.Page.PRODUCT:
        return ""
    last = Interaction.objects.exclude(item_id="").order_by("-id")
    items = list(dict.fromkeys(last.values_list("item_id", flat=True)[:OFFERED]))
    known = stored(items)
    return next((item for item in items if item in known), "")


def offers() -> dict[str, list[tuple[str, str]]]:
    """Visitors and products of the last interactions, to choose from."""
    last = Interaction.objects.filter(flag="").order_by("-id")
    rows = last.values_list("visitor__key", "visitor__kind", "item_id")[:RECENT]
    visitors = {key: kind for key, kind, _item in rows}
    items = list(dict.fromkeys(item for _key, _kind, item in rows if item))[:OFFERED]
    known = titles(items)
    return {
        "visitors": [
            (key[:12], str(Visitor.Kind(kind).label))
            for key, kind in list(visitors.items())[:OFFERED]
        ],
        "products": [(item, known.get(item, "")) for item in items],
    }
