"""Files to samples: decoding, channels, level, and what the sound alone says about a turn."""
