/**
 * A terminal can go away at any moment: its window is closed, or the connection to the machine ends. Node.js aborts at
 * its end when it cannot set such a terminal back to how it was, and dies of a message that cannot be written.
 */
import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

const HANGUP = 129;

/** To be called once, before anything is written. */
export function outliveTerminal() {
  const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));
  process.on('exit', () => terminals.filter((descriptor) => !isatty(descriptor)).forEach(letGo));
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', ({ code }) => {
      // A command that has something to close listens, and is told by the command line (src/cli/shared/interrupt.ts).
      if (code === 'EIO' && process.listenerCount('SIGHUP') === 0) process.exit(HANGUP);
    });
  }
}

/** Node.js leaves a descriptor alone that is not the terminal's any more; the lowest free number is the one closed. */
function letGo(descriptor) {
  closeSync(descriptor);
  openSync('/dev/null', 'r+');
}
