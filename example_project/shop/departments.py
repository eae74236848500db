# ruff: noqa: E501  the lines are data
"""The shop's categories in the order of its shelves, in the shop's own words."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext_noop as _


class Department(NamedTuple):
    slug: str
    name: str
    blurb: str
    motif: str
    color: str


DEPARTMENTS: tuple[Department, ...] = (
    Department("christmas", _("Christmas"), _("Baubles, bunting and everything that glitters."), "bauble", "red"),
    Department("candles", _("Candles & Fragrance"), _("Soft light, and something nice in the air."), "candle", "ivory"),
    Department("lights", _("Lights & Lanterns"), _("Strings of lights, lanterns and little lamps."), "lantern", "yellow"),
    Department("decorations", _("Decorations"), _("Hearts, stars and flowers to hang anywhere."), "heart", "pink"),
    Department("tea-coffee", _("Tea & Coffee"), _("Mugs, pots and cosies for the next cuppa."), "teapot", "blue"),
    Department("kitchen", _("Kitchen & Baking"), _("Tins, jars, moulds and a cake stand or two."), "cakestand", "turquoise"),
    Department("table", _("Table & Entertaining"), _("Bowls, trays and glasses worth laying out."), "bowl", "green"),
    Department("bags", _("Bags & Travel"), _("Jumbo bags, purses, umbrellas and passport covers."), "bag", "red"),
    Department("jewellery", _("Jewellery & Hair"), _("A bit of sparkle, from rings to hair slides."), "necklace", "purple"),
    Department("stationery", _("Cards & Stationery"), _("Notebooks, pencils and cards with a wink."), "notebook", "blue"),
    Department("wrap-party", _("Wrap & Party"), _("Bunting, ribbon and paper for the big day."), "bunting", "pink"),
    Department("frames-clocks", _("Frames, Clocks & Mirrors"), _("For your walls, and for being on time."), "clock", "cream"),
    Department("signs-art", _("Signs & Wall Art"), _("Enamel signs and letters with opinions."), "sign", "blue"),
    Department("textiles", _("Cushions & Textiles"), _("Cushions, quilts and warm hot water bottles."), "cushion", "rose"),
    Department("storage", _("Storage & Boxes"), _("A pretty box for every kind of clutter."), "box", "brown"),
    Department("furniture", _("Furniture"), _("Stools, tables and the odd parasol."), "chair", "white"),
    Department("garden", _("Garden"), _("Watering cans, planters and houses for birds."), "wateringcan", "green"),
    Department("toys", _("Toys & Children"), _("Rockets, dolls and games for rainy days."), "rocket", "blue"),
    Department("craft", _("Craft & Sewing"), _("Felt, buttons and kits for busy hands."), "sewing", "rose"),
    Department("easter", _("Easter & Spring"), _("Hens, eggs and bunnies for the first warm days."), "rabbit", "yellow"),
    Department("curiosities", _("Curiosities"), _("Things we could not find a shelf for."), "star", "orange"),
)  # fmt: skip
