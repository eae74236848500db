from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from typing import Literal


def visitor_key(namespace: Literal["guest", "user", "email"], value: object) -> str:
    """The pseudonym of a browser, account or e-mail address: an HMAC, 43 characters."""
    text = str(value).strip().lower() if namespace == "email" else str(value)
    secret = hashlib.sha256(b"shop_personalize.visitor" + settings.SECRET_KEY.encode())
    digest = hmac.new(secret.digest(), f"{namespace}:{text}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()


class Visitor(models.Model):
    """A pseudonymous browser (guest), account (user) or buyer by e-mail (email)."""

    class Kind(models.TextChoices):
        GUEST = "guest", _("guest")
        USER = "user", _("customer")
        EMAIL = "email", _("guest buyer")

    key = models.CharField(_("key"), max_length=43, unique=True)
    kind = models.CharField(
        _("kind"), max_length=8, choices=Kind.choices, default=Kind.GUEST
    )
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("merged into"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="merged",
    )
    merged_at = models.DateTimeField(_("merged at"), null=True, blank=True)
    is_bot = models.BooleanField(_("bot"), default=False)
    is_erased = models.BooleanField(_("erased"), default=False)
    site = models.CharField(_("site"), max_length=32, blank=True, default="")
    reset_at = models.DateTimeField(_("started anew"), null=True, blank=True)
    """What was looked at before must not be learned from, in old files neither."""
    first_seen = models.DateTimeField(_("first seen"), auto_now_add=True)

    class Meta:
        verbose_name = _("visitor")
        verbose_name_plural = _("visitors")

    def __str__(self) -> str:
        return f"{self.kind}:{self.key[:8]}"
