"""Shapes of the access API, by door."""
