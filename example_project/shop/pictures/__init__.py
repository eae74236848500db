"""Product pictures drawn from the words of a title: no files, no downloads."""

from example_project.shop.pictures.draw import draw, draw_motif, edition

__all__ = ["draw", "draw_motif", "edition"]
