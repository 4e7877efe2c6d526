"""What an auditor runs: checks evidence packs and exports of the log with public keys, and needs nothing else.

The folder stands alone: copied anywhere, `python -m verifying` works with Python and `cryptography` only.
"""
