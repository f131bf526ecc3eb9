"""Regions: hot guest code translated to machine code with operands known, some hundred instructions at a time."""
