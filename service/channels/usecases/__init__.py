"""Addresses beside the phone, and how a person wants to be told."""
