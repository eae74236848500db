"""Who is asking: ``request.personalize``, worked out when it is first looked at."""

from __future__ import annotations

from contextvars import ContextVar
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.signing import BadSignature, Signer
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.functional import LazyObject, empty
from django.utils.module_loading import import_string

from shop_personalize.capture import bots
from shop_personalize.capture.consent import ESSENTIAL, FULL, NONE, consent_of
from shop_personalize.conf import app_settings
from shop_personalize.models.visitor import visitor_key

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

    from shop_personalize.capture.event import Event
from shop_personalize.capture.safety import harmless

SALT = "shop_personalize.visitor"
current: ContextVar[Personalize | None] = ContextVar("personalize", default=None)


class Personalize:
    """The visitor behind a request; asks the session, never the database for a user."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.queue: list[Event] = []
        """Events of this request that are written at its end."""
        self.changed_orders: dict[str, None] = {}
        self.places_orders = False
        """Whether this URL places orders, said by the settings and not by signals."""
        self.results: int | None = None
        """How many products this search found, if the shop's view says so."""
        self.started = timezone.now()
        self.accessed = False
        """Whether somebody made the page depend on the visitor."""
        self.recorded = False
        """Whether events of this visitor were stored while the request ran."""
        self.renewed = False

    @property
    def visitor_key(self) -> str | None:
        """The visitor's pseudonym, for who shows a page made for this visitor."""
        self.accessed = True
        return self.key

    @property
    def key(self) -> str | None:
        """The same for who only records; the page does not depend on it."""
        if self.consent == NONE:
            return None
        if self.is_bot:
            return visitor_key("guest", f"bot:{bots.family(self.request)}")
        if self.kind == "user":
            return visitor_key("user", self.user_pk)
        return self.guest_key

    @property
    def kind(self) -> str:
        """``user`` with an account and full consent, else ``guest``."""
        known = self.consent == FULL and not self.is_bot and self.user_pk
        return "user" if known else "guest"

    @property
    def guest_key(self) -> str:
        return visitor_key("guest", self.guest_id)

    @cached_property
    def consent(self) -> str:
        """Nothing is allowed where the shop's function does not answer."""
        with harmless("consent"):
            return consent_of(self.request)
        return NONE

    @cached_property
    def is_bot(self) -> bool:
        return bots.is_bot(self.request)

    @cached_property
    def site(self) -> str:
        if not app_settings.SITE:
            return ""
        with harmless("site"):
            return str(import_string(app_settings.SITE)(self.request))[:32]
        return ""

    @cached_property
    def cookie_id(self) -> str:
        """The id the browser brought, "" if it brought none or a forged one."""
        signed = self.request.COOKIES.get(app_settings.identity["cookie"], "")
        try:
            return Signer(salt=SALT).unsign(signed) if signed else ""
        except BadSignature:
            return ""

    @cached_property
    def guest_id(self) -> str:
        return self.cookie_id or uuid4().hex

    @property
    def is_new(self) -> bool:
        """Whether nothing is known of this visitor: no cookie of ours, no account."""
        return not self.cookie_id and not self.user_pk

    @property
    def user_pk(self) -> str:
        """The account's key as text, "" for guests; asked anew, a login may come."""
        user = self.request.__dict__.get("user")
        if user is not None and not _unevaluated(user) and user.is_authenticated:
            return str(user.pk)
        # DRF makes a shopper anonymous where a view authenticates by other means.
        return _session_user(self.request)

    def renew(self) -> None:
        """A new guest id: the next person at this device starts from nothing."""
        self.guest_id = uuid4().hex
        self.renewed = True

    def set_cookie(self, response: HttpResponseBase) -> None:
        """Give the browser its id, if it lacks one and the response is its own."""
        needed = self.renewed or not self.cookie_id
        if self.consent == NONE or self.is_bot or not needed or _is_shared(response):
            return
        identity = app_settings.identity
        days = identity["max_age_days"]
        response.set_cookie(
            identity["cookie"],
            Signer(salt=SALT).sign(self.guest_id),
            max_age=None if self.consent == ESSENTIAL else int(days * 86400),
            domain=identity["domain"],
            secure=self.request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
        # Without it a page cache would hand this visitor's id to everybody; and those
        # who bring no cookie yet would still share one, had they no word of their own.
        patch_vary_headers(response, ("Cookie",))
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True)


def personalize_of(request: Any) -> Personalize:
    """The state of a request (of Django or of DRF), made if there is no middleware."""
    plain = getattr(request, "_request", request)
    state = plain.__dict__.get("personalize")
    if state is None:
        state = plain.personalize = Personalize(plain)
    return state


def _unevaluated(user: Any) -> bool:
    if not isinstance(user, LazyObject):
        return False
    return user.__dict__.get("_wrapped", empty) is empty


def _session_user(request: HttpRequest) -> str:
    """The account in the session, without the ``Vary`` that asking for it brings."""
    session = getattr(request, "session", None)
    if session is None:
        return ""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES and not session.modified:
        return ""
    accessed = session.accessed
    try:
        return str(session.get(SESSION_KEY) or "")
    finally:
        session.accessed = accessed


def _is_shared(response: HttpResponseBase) -> bool:
    """Whether caches may keep this response and give it to other visitors."""
    control = response.get("Cache-Control", "").lower()
    if "private" in control or "no-store" in control:
        return False
    keeps = ("public", "s-maxage", "max-age")
    return any(word in control for word in keeps) and "max-age=0" not in control
