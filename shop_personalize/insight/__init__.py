"""Insight: what happens in the shop, in reports that read rollups alone."""
