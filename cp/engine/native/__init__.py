"""The native interpreter: instruction definitions compiled to machine code."""
