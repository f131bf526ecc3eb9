"""MONITOR: records of what happens in the system, in VM/370's form (records.py, collector.py)."""
