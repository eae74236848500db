"""Where the shopper is: guessed from what the template knows, or as told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import Manager, Model, QuerySet

from shop_personalize.catalog import get_catalog
from shop_personalize.recommend.matching import words_of_path

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.template import Context

MAX_ITEMS = 100
NOT_FOUND = "not_found"
BASKET_NAMES = ("basket", "cart", "bag")
BASKET_URLS = ("basket", "cart", "bag", "checkout")
QUERY_NAMES = ("query", "search_query", "q", "search")
LINES = ("all_lines", "lines", "items", "order_items", "orderitem_set", "products")


@dataclass(frozen=True)
class Place:
    """A page and what it is about; ids are the catalog's."""

    page: str = "home"
    product: Any = None
    product_id: str = ""
    basket: tuple[str, ...] | None = None
    """``None``: not told; the visitor's history knows."""
    category: str = ""
    query: str = ""
    items: tuple[str, ...] = ()
    given: dict[str, Any] = field(default_factory=dict, compare=False)


def place_of(
    *,
    product: Any = None,
    basket: Any = None,
    category: Any = None,
    query: str | None = None,
    items: Any = None,
    page: str = "",
) -> Place:
    """Turn what a caller hands over, in whatever form, into ids."""
    product_id = next(iter(resolved([product])), "") if product is not None else ""
    basket_ids = None if basket is None else item_ids(basket)
    item_list = () if items is None else item_ids(items)
    return Place(
        page=page or _page(product_id, item_list, basket_ids, category, query),
        product=product if isinstance(product, Model) else None,
        product_id=product_id,
        basket=basket_ids,
        category="" if category is None else str(category),
        query=query or "",
        items=item_list,
    )


def _page(
    product_id: str,
    items: tuple[str, ...],
    basket: tuple[str, ...] | None,
    category: Any,
    query: str | None,
) -> str:
    if product_id:
        return "product"
    if items:
        return "order"
    if basket is not None:
        return "basket"
    if category:
        return "category"
    return "search" if query else "home"


def guess(context: Context, request: HttpRequest | None) -> dict[str, Any]:
    """What the template's variables say of the page, as arguments of ``place_of``.

    A basket that a context processor puts on every page does not make every page the
    basket; one from the view does, and so does a URL named after it.
    """
    own, name = _view_variables(context), _url_name(request)
    if "request_path" in own and "exception" in own:
        # What Django hands to a 404 page.
        return {"query": words_of_path(str(own["request_path"])), "page": NOT_FOUND}
    product = _product(context)
    if product is not None:
        return {"product": product, "page": "product"}
    if own.get("order") is not None:
        return {"items": own["order"], "page": "order"}
    found = _basket(own, context, request, name)
    if found:
        return found
    if own.get("category"):
        return {"category": own["category"], "page": "category"}
    query = next((own[n] for n in QUERY_NAMES if isinstance(own.get(n), str)), None)
    if query or "search" in name:
        return {"query": query or "", "page": "search"}
    return {"page": "home"}


def _basket(
    own: dict[str, Any], context: Context, request: HttpRequest | None, url_name: str
) -> dict[str, Any]:
    for name in BASKET_NAMES:
        if own.get(name) is not None:
            return {"basket": own[name], "page": "basket"}
    if not any(word in url_name for word in BASKET_URLS):
        return {}
    known = (context.get(name) or getattr(request, name, None) for name in BASKET_NAMES)
    return {"basket": next((b for b in known if b is not None), None), "page": "basket"}


def _product(context: Context) -> Any:
    product = context.get("product")
    if product is not None and product != "":
        return product
    thing, model = context.get("object"), getattr(get_catalog(), "model", None)
    if isinstance(model, type) and isinstance(thing, model):
        return thing
    return None


def _view_variables(context: Context) -> dict[str, Any]:
    """The variables without those of the context processors."""
    shared = getattr(context, "_processors_index", None)
    own: dict[str, Any] = {}
    for at, layer in enumerate(context.dicts):
        if at != shared:
            own.update(layer)
    return own


def _url_name(request: HttpRequest | None) -> str:
    match = getattr(request, "resolver_match", None)
    return (getattr(match, "view_name", "") or "").lower()


def item_ids(things: Any) -> tuple[str, ...]:
    """Ids from a basket or an order in any of the shapes that shops have.

    Products, lines with a ``product``, ids, a session's ``{id: quantity}``, or an
    object with lines.
    """
    found = [_product_of(thing) for thing in islice(_members(things), MAX_ITEMS)]
    ids = resolved([thing for thing in found if thing is not None])
    return tuple(dict.fromkeys(each for each in ids if each))


def resolved(things: list[Any]) -> list[str]:
    """Item ids, one each; only text that may be a variant's costs a query."""
    catalog = get_catalog()
    ids = [
        catalog.item_id(thing) if isinstance(thing, Model) else str(thing)
        for thing in things
    ]
    if not getattr(catalog, "parent", "") or all(isinstance(t, Model) for t in things):
        return ids
    canonical = catalog.item_ids(ids)
    return [canonical.get(each, each) for each in ids]


def _members(things: Any) -> Iterable[Any]:
    if isinstance(things, (str, int)):
        return [things]
    if isinstance(things, Mapping):
        return list(things)
    if isinstance(things, Manager):
        return things.all()[:MAX_ITEMS]
    if isinstance(things, QuerySet):
        return things[:MAX_ITEMS]
    if isinstance(things, Iterable):
        return things
    for name in LINES:
        lines = getattr(things, name, None)
        if lines is not None:
            return _members(lines() if _is_method(lines) else lines)
    return [things]


def _is_method(thing: Any) -> bool:
    return callable(thing) and not isinstance(thing, Manager)


def _product_of(thing: Any) -> Any:
    if isinstance(thing, (tuple, list)):
        return thing[0] if thing else None
    if isinstance(thing, Mapping):
        keys = ("product", "product_id", "item_id", "id")
        return next((thing[key] for key in keys if thing.get(key) is not None), None)
    for name in ("product", "product_id"):
        value = getattr(thing, name, None)
        if value is not None and not callable(value):
            return value
    return None if hasattr(thing, "product_id") else thing
