"""One sentence becomes the fields of a draft posting."""

from service.postings.sentence.fields import DraftFields, Reading
from service.postings.sentence.reading import MAX_CODE_POINTS, SentenceRefused, read_sentence
from service.postings.sentence.trade import trade_words

__all__ = ["MAX_CODE_POINTS", "DraftFields", "Reading", "SentenceRefused", "read_sentence", "trade_words"]
