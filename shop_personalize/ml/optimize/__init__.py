"""What to do about it: how much to order and when, what to charge."""
