"""What to charge: how demand answers prices, which price is best, who agreed to it.

Law: nothing here changes a price by itself. A person approves; every decision is
logged and can be put back; what is not known is said at the product.
"""
