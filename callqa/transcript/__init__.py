"""From turns to words: recognition, word attribution, normalisation and coverage."""
