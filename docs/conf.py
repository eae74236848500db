"""Sphinx settings: MyST Markdown, furo theme, warnings are errors in ``make docs``."""

from __future__ import annotations

from shop_personalize import __version__

project = "shop_personalize"
author = "the shop_personalize contributors"
project_copyright = "2026, the shop_personalize contributors"
release = __version__
extensions = ["myst_parser"]
html_theme = "furo"
html_title = f"shop_personalize {release}"
html_static_path: list[str] = []
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
