"""Products as staff name them: by an id, by several, or by a title."""

from __future__ import annotations

from django.utils.translation import gettext as _

from shop_personalize.admin.products import search, titles

OFFERED = 8
"""Products a title may stand for that are named when it stands for several."""


def found_by(text: str) -> tuple[list[str], str]:
    """Ids by an id, by several with commas between, or by a title; or what is wrong."""
    ids = [each.strip() for each in text.split(",") if each.strip()]
    known = titles(ids)
    missing = [each for each in ids if each not in known]
    if not missing:
        return ids, ""
    if len(missing) < len(ids):
        told = _("The shop has no product %(ids)s.")
        return [], told % {"ids": ", ".join(missing)}
    return _by_title(text)


def _by_title(text: str) -> tuple[list[str], str]:
    found = search(text, OFFERED + 1)
    exact = [item for item, title in found if title.casefold() == text.casefold()]
    if len(exact or found) == 1:
        return exact or [found[0][0]], ""
    if not found:
        return [], _("The shop has no product “%(text)s”.") % {"text": text}
    named = ", ".join(f"{item} ({title})" for item, title in found[:OFFERED])
    told = _("“%(text)s” may be several products; type the id: %(products)s.")
    return [], told % {"text": text, "products": named}
