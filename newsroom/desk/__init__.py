"""Building blocks for any app's admin: transitions, lists, charts and CSV files."""
