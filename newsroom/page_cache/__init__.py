"""Pages that are the same for every reader, kept until the site changes."""
