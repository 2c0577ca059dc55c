"""Emulators behind the bridge: fast environments, frame skip, the ZeroMQ server, experts of others read as data."""
