"""The emulator server: Gymnasium environments over ZeroMQ, as docs/protocol.md describes.

Layers, upper ones import lower ones: ``__main__`` (command line) · ``loop`` (socket, signals) ·
``sessions`` (who is connected) · ``operations`` (what a request does) · ``batch`` (stepping many) ·
``hosted`` (one environment) · ``making`` and ``catalog`` (from a request to an environment) ·
``information``, ``protocol``, ``errors`` (what crosses the wire).
"""
