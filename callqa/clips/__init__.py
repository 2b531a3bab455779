"""Example clips for training: evidence cut out of recordings, made even in level, without personal data."""
