"""Families of instances with a single node, each with what compares one of them."""

from __future__ import annotations

from benchmarks.inventory.comparing import Families
from benchmarks.inventory.families import lots, newsvendors, policies, uncertain

FAMILIES: Families = {
    **lots.FAMILIES,
    **newsvendors.FAMILIES,
    **policies.FAMILIES,
    **uncertain.FAMILIES,
}
