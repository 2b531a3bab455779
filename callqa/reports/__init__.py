"""Stored calls as documents and as text. Knows `data`, never a model."""
