"""What the reports say: a period in, a frozen dataclass out.

Sums by day are read; events only where sums cannot tell, and never for a page: an
answer is data all through (numbers, texts, days), made in the background and kept.
"""
