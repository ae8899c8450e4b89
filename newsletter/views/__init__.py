"""The public pages of newsletters."""
