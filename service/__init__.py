"""Linggong (零工): an odd-job marketplace and labour-matching service."""
