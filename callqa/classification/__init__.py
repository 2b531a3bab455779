"""What kind of utterance something is, beyond what lists of phrases can say."""
