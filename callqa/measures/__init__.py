"""Numbers about a call: one file a behaviour, each a pure function of the call's facts."""

from callqa.measures.take import GROUPS, MEASURE_NAMES, READ_LEXICONS, MeasureGroup, take_measures

__all__ = ["GROUPS", "MEASURE_NAMES", "READ_LEXICONS", "MeasureGroup", "take_measures"]
