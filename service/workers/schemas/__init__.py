"""Shapes of the workers API, by theme."""
