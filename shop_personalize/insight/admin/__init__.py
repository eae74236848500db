"""The reports' pages: an answer in, words, pictures and tables out."""

from shop_personalize.insight.admin import pages  # noqa: F401  registered by import
