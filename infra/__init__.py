"""Adapters to the outside, the command line, and the one composition root (infra.main)."""
