"""Content policy, same-origin check, client address and log-in limits."""
