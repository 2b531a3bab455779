"""Results over people and time, and what follows from them. Knows `data` and `store`, no model."""
