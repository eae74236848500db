"""Every published comparison, by one command: ``python -m benchmarks NAME``."""
