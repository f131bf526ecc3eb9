"""The Virtual Machine Communication Facility (VMCF): messages.py: what they are; facility.py: what is done."""
