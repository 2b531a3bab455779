"""Numbers about a call: one file a behaviour, each a pure function of the call's facts."""

from callqa.measures.take import MEASURE_NAMES, take_measures

__all__ = ["MEASURE_NAMES", "take_measures"]
