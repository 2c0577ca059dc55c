"""Bare ZeroMQ: answers every message with a header and a frame of the given size. Arguments: endpoint, bytes."""

from __future__ import annotations

import sys

import zmq


def main() -> None:
    endpoint, size = sys.argv[1], int(sys.argv[2])
    router = zmq.Context().socket(zmq.ROUTER)
    router.bind(endpoint)
    print("ready", flush=True)
    frame = bytearray(size)
    while True:
        client, header = router.recv_multipart()
        router.send_multipart([client, header, frame])


if __name__ == "__main__":
    main()
