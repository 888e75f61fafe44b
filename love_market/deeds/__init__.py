"""Deeds: scoring rules and their versions, claims, evidence, review."""
