"""Free text to skills and occupations: the names in a title or a sentence, with a confidence, or nothing."""

from matching.names.entry import Named, NameEntry, Wording
from matching.names.index import FLOOR, NameIndex

__all__ = ["FLOOR", "NameEntry", "NameIndex", "Named", "Wording"]
