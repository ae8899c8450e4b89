"""Comparing and merging two versions of an article."""
