"""Evidence: findings about one artifact, the policy that they must meet, and attestations."""
