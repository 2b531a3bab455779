"""The tags that say what an utterance does: written dialogues, training, report."""
