"""`python -m agent_data read DATA [KEY]` and `python -m agent_data write FOLDER`, between a pipe and Minari's files.

What is wrong comes as one line on standard error, with exit code 3.
"""

import sys

REFUSED = 3


def main(arguments: list[str]) -> int:
    from agent_envs.named_file import RefusedFileError

    from .minari_read import read
    from .refused import RefusedError

    try:
        if arguments[0] == "write":
            from .minari_write import write

            write(arguments[1], sys.stdin.buffer)
        else:
            read(arguments[1], sys.stdout.buffer, arguments[2] if len(arguments) > 2 else None)
            sys.stdout.buffer.flush()
    except (RefusedError, RefusedFileError) as error:
        print(error, file=sys.stderr)
        return REFUSED
    except BrokenPipeError:
        return REFUSED
    except Exception as error:  # h5py and pyarrow raise many kinds over broken files; each is one sentence to who asked
        print(f"{type(error).__name__}: {error}".splitlines()[0], file=sys.stderr)
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
