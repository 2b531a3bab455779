"""The politeness classifier: its data, how it is trained, and how it is measured."""
