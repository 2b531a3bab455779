"""How right callqa is, against calls whose truth is known, and how fast, against plain tools."""
