"""Alembic's folder: the environment and the revisions, the first table included."""
