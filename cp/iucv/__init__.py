"""The Inter-User Communications Vehicle."""
