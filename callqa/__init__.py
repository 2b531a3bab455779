"""callqa scores recorded customer-service calls, with evidence for every score."""

import os

# Threads of torch and ctranslate2 that wait for work by spinning take the processor from each other
# and from other programs: on a busy machine a call took forty times as long. It has to be said
# before either library is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0"
