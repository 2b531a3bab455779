"""callqa scores recorded customer-service calls, with evidence for every score."""

import os

# Threads of torch that wait for work by spinning for long take the processor from each other and
# from other programs: on a busy machine a call took forty times as long. Not spinning at all
# halves the speed on a quiet one. It has to be said before torch is loaded.
os.environ.setdefault("GOMP_SPINCOUNT", "10000")

__version__ = "0.1.0"
