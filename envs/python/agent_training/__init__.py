"""Trainings in PyTorch: what plays is TypeScript. Not part of the emulators' environment."""
