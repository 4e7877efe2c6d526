"""One sentence becomes the fields of a draft posting."""

from service.postings.sentence.fields import DraftFields, Reading
from service.postings.sentence.reading import SentenceRefused, read_sentence
from service.postings.sentence.trade import trade_words

__all__ = ["DraftFields", "Reading", "SentenceRefused", "read_sentence", "trade_words"]
