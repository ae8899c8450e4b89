"""A module for each kind of block."""
