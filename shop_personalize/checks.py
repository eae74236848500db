"""System checks: a wrong set-up is named with its key before it can hurt."""
