"""What readers get of newsletters, and what they send."""
