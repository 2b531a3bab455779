"""callqa scores recorded customer-service calls, with evidence for every score."""

__version__ = "0.1.0"
