/** Shows what the set-up does, on standard error: one line that changes on a terminal, plain lines elsewhere. */

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(0)} s`;

/** @param {NodeJS.WriteStream} stream */
export function createProgress(stream = process.stderr) {
  return stream.isTTY ? terminalProgress(stream) : plainProgress(stream);
}

function terminalProgress(stream) {
  let timer = null;
  let draw = () => {};
  const clear = () => stream.write('\r\x1b[2K');
  const stop = () => {
    clearInterval(timer);
    clear();
  };
  return {
    start(position, title) {
      const began = Date.now();
      draw = () =>
        stream.write(`\r\x1b[2K${position} ${title} … ${seconds(began)}`.slice(0, (stream.columns ?? 80) + 5));
      draw();
      timer = setInterval(draw, 500);
    },
    done: stop,
    stop,
    say(line) {
      clear();
      stream.write(`${line}\n`);
    },
  };
}

function plainProgress(stream) {
  let began = 0;
  let current = '';
  return {
    start(position, title) {
      began = Date.now();
      current = `${position} ${title}`;
      stream.write(`${current} …\n`);
    },
    done() {
      stream.write(`${current}: done in ${seconds(began)}\n`);
    },
    stop() {},
    say(line) {
      stream.write(`${line}\n`);
    },
  };
}
