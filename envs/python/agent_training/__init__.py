"""Trainings in PyTorch, for what plays in TypeScript: experts and lessons. Not part of the emulators' environment."""
