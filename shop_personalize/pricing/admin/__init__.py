"""Pages of prices: what to decide, a product's workbench, rules, the log."""

from shop_personalize.pricing.admin import (  # noqa: F401  registered by being imported
    changes,
    competitors,
    elasticities,
    items,
    markdowns,
    rules,
    suggestions,
)
