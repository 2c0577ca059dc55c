"""Emulators behind the bridge: fast environments, frame skip, the ZeroMQ server, expert training."""
