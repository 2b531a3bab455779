"""From samples to turns: speech activity, speaker embeddings, clustering, roles."""
