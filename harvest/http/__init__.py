"""HTTP access to the sources: rate limits, retries and a circuit breaker."""
