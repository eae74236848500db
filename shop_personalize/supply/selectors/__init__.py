"""Questions answered: querysets and frozen dataclasses out, nothing changed."""
