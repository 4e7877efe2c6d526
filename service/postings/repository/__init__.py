"""Queries of postings: the rows themselves, and the public search."""

from __future__ import annotations

from service.postings.repository.rows import PostingRows
from service.postings.repository.search import PostingSearch


class PostingRepository(PostingRows, PostingSearch):
    """`uow.postings`."""


__all__ = ["PostingRepository"]
