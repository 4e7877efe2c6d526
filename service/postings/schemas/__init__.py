"""Shapes of postings in the API."""
