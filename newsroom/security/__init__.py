"""Client address, network hashes, same-origin check, content policy and log-in limits."""
