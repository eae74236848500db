"""What a page shows, for tests that look at blocks."""

from __future__ import annotations

import re
from typing import Any

from django.template import Context, Template


def shown(page: Any) -> list[str]:
    """The titles on a page, in order."""
    text = page if isinstance(page, str) else page.content.decode()
    return re.findall(r'<span class="sp-name">([^<]*)</span>', text)


def render(source: str, **context: Any) -> str:
    return Template("{% load personalize %}" + source).render(Context(context))
