"""Runs a command on a terminal of its own and closes that terminal once a file has grown to some lines.

Arguments: the file (a pattern), which descriptors are the terminal (``all``, where it is also the controlling terminal,
or ``stderr``), and the command. Prints how the command ended, by the number that Python gives it.
"""

import fcntl
import glob
import os
import pty
import select
import stat
import subprocess
import sys
import termios

LINES = 5


def lines(pattern: str) -> int:
    total = 0
    for path in glob.glob(pattern, recursive=True):
        if stat.S_ISSOCK(os.stat(path).st_mode):
            return LINES  # a server that listens
        with open(path, "rb") as file:
            total += file.read().count(b"\n")
    return total


def main(pattern: str, which: str, command: list[str]) -> None:
    ours, theirs = pty.openpty()
    inputs = subprocess.DEVNULL if which == "stderr" else theirs

    def begin() -> None:
        os.setsid()
        if which == "all":
            fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)

    outputs = subprocess.DEVNULL if which == "stderr" else theirs
    child = subprocess.Popen(command, stdin=inputs, stdout=outputs, stderr=theirs, preexec_fn=begin)
    os.close(theirs)
    while child.poll() is None and lines(pattern) < LINES:
        if select.select([ours], [], [], 0.05)[0]:
            os.read(ours, 65536)
    os.close(ours)
    print(child.wait(100))


main(sys.argv[1], sys.argv[2], sys.argv[3:])
