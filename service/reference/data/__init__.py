"""Dated reference data of our own making: one YAML file per kind, and the shapes of their rows."""
