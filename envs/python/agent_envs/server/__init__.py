"""The emulator server: Gymnasium environments over ZeroMQ, as docs/protocol.md describes.

Modules, upper ones import lower ones: ``__main__`` (command line) · ``loop`` (socket, signals) · ``sessions`` (who is
connected) · ``operations`` and ``greeting`` (what a request does) · ``batch`` (stepping many) · ``hosted`` (one
environment) · ``making``, ``make_request``, ``catalog``, ``ale``, ``layers``, ``actions`` (from a request to an
environment) · ``listening`` and ``security`` (addresses, keys) · ``lane`` (shared memory with a parent) ·
``information``, ``protocol``, ``errors`` (what crosses the wire).
"""
