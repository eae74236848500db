"""Previews of what a form holds: saved, looked at, and undone."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms.formsets import all_valid
from django.utils.translation import gettext as _

from shop_personalize.admin.access import PersonalizeAdmin
from shop_personalize.admin.block_preview import Preview, tag_of
from shop_personalize.admin.preview_form import PreviewForm, offers, usual_product

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse

    from shop_personalize.models import Block

NEW = "new"


class PreviewAdmin(PersonalizeAdmin):
    """An admin whose form can be tried before it is saved."""

    def may_save(self, request: HttpRequest, obj: Any) -> None:
        may = (
            self.has_change_permission(request, obj)
            if obj
            else self.has_add_permission(request)
        )
        if not may:
            raise PermissionDenied

    def draft(self, request: HttpRequest, obj: Any) -> Any:
        """Save what the form holds; the caller undoes it. ``None``: it has errors."""
        form = self.get_form(request, obj, change=obj is not None)(
            request.POST, instance=obj
        )
        if not form.is_valid():
            return None
        found = form.save(commit=False)
        formsets = [
            formset(request.POST, instance=found, prefix=formset.get_default_prefix())
            for formset, _inline in self.get_formsets_with_inlines(request, obj)
        ]
        if not all_valid(formsets):
            return None
        found.save()
        for formset in formsets:
            formset.save()
        return found

    def preview_page(
        self,
        request: HttpRequest,
        name: str,
        block: Block | None,
        form: PreviewForm,
        result: Preview | None,
        **context: Any,
    ) -> HttpResponse:
        unsaved = context.get("is_unsaved", False)
        kept = [
            (key, value)
            for key, values in request.POST.lists()
            for value in values
            if unsaved and not _is_ours(key)
        ]
        return self.page(
            request,
            "preview.html",
            {
                "title": _("Preview of “%(block)s”") % {"block": name},
                "shown_block": block,
                "form": form,
                "result": result,
                "kept": kept,
                "tag": tag_of(block) if block else "",
                **offers(),
                **context,
            },
        )


def wrong() -> Preview:
    return Preview(error=_("The form has errors; go back and correct them first."))


def _is_ours(name: str) -> bool:
    return name.startswith("preview-") or name == "csrfmiddlewaretoken"


def asks(data: Any) -> bool:
    return any(name.startswith("preview-") for name in data)


def given(request: HttpRequest, block: Block) -> dict[str, str]:
    """Links may say ``?visitor=…``; the page's own form says ``preview-visitor``."""
    if not request.GET:
        return {"preview-product": usual_product(block)}
    return {
        f"preview-{name}": request.GET.get(f"preview-{name}", request.GET.get(name, ""))
        for name in PreviewForm.base_fields
    }


@contextmanager
def undone() -> Iterator[None]:
    """What is written inside never happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
