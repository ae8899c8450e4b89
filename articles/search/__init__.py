"""The site's search: one index of reader-safe words, asked on a page of its own."""
