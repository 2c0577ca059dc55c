/**
 * What the command line prints, and where: standard output is data, standard error is narration. `--json` turns the
 * data into one JSON document, failures too; `--quiet` silences the narration; colour and live lines only on a
 * terminal.
 */
import { AgentError, asSystemError, harmlessName, toErrorEnvelope } from '../../core/index.js';
import { harmless, harmlessLine } from './text.js';

export interface ConsoleOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
const STYLES: Record<Style, [number, number]> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/** A terminal takes no more, and what is played or trained needs the time. */
const REDRAW_MS = 100;
/** Where there is no terminal, a line shows that it goes on. */
const PLAIN_LINE_MS = 10_000;

export class Console {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Whether narration may redraw a line. */
  readonly isLive: boolean;
  #liveLine = false;
  #progressed = performance.now();

  constructor({ json, quiet }: ConsoleOptions) {
    this.json = json;
    this.quiet = quiet;
    this.isLive = !quiet && process.stderr.isTTY === true && process.env.TERM !== 'dumb';
  }

  /** A line of data for people; nothing in `--json` mode, where `result` speaks. */
  print(line: string): void {
    if (!this.json) process.stdout.write(`${harmlessLine(line)}\n`);
  }

  /** Data of several lines. Names in it must be harmless already (`harmlessName`, `align`), or make their own lines. */
  block(text: string): void {
    if (!this.json) process.stdout.write(`${harmless(text)}\n`);
  }

  /** The command's result: the JSON document of `--json`. */
  result(value: object): void {
    if (this.json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** Narration: a line on standard error that stays. */
  note(line: string): void {
    if (this.quiet) return;
    this.clearLive();
    process.stderr.write(`${harmlessLine(line)}\n`);
  }

  /** Narration that replaces the live line before it; nothing where there is no terminal. */
  live(text: string): void {
    if (!this.isLive) return;
    const width = (process.stderr.columns ?? 80) - 1;
    process.stderr.write(`\r\u001b[2K${harmlessName(text).slice(0, width)}`);
    this.#liveLine = true;
  }

  /**
   * How far something is, asked for no oftener than it is shown: on a terminal a line that is redrawn, elsewhere a line
   * now and then.
   */
  progress(line: () => string): void {
    const now = performance.now();
    if (now - this.#progressed < (this.isLive ? REDRAW_MS : PLAIN_LINE_MS)) return;
    this.#progressed = now;
    if (this.isLive) this.live(line());
    else this.note(line());
  }

  clearLive(): void {
    if (this.#liveLine) process.stderr.write('\r\u001b[2K');
    this.#liveLine = false;
  }

  /** A failure: its message on standard error, its envelope on standard output with `--json`. Never a stack trace. */
  failure(thrown: unknown): void {
    const error = asSystemError(thrown) ?? thrown;
    this.clearLive();
    if (this.json) process.stdout.write(`${JSON.stringify({ error: toErrorEnvelope(error) }, null, 2)}\n`);
    const label = this.style('error', 'red', process.stderr);
    const message = indented(harmless(error instanceof Error ? error.message : String(error)));
    const isExpected = error instanceof AgentError;
    process.stderr.write(`${label}: ${isExpected ? message : `${message} (unexpected; AGENT_DEBUG=1 shows where)`}\n`);
    if (process.env.AGENT_DEBUG && error instanceof Error) process.stderr.write(`${withCauses(error)}\n`);
  }

  style(text: string, style: Style, stream: NodeJS.WriteStream = process.stdout): string {
    if (stream.isTTY !== true || process.env.NO_COLOR || process.env.TERM === 'dumb') return text;
    const [on, off] = STYLES[style];
    return `\u001b[${on}m${text}\u001b[${off}m`;
  }
}

/** An error may quote what a file or a process says: none of it begins at the margin, as if the command said it. */
function indented(message: string): string {
  return message.replace(/\n(?! )/g, '\n  ');
}

function withCauses(error: Error): string {
  const stack = error.stack ?? error.message;
  return error.cause instanceof Error ? `${stack}\ncaused by ${withCauses(error.cause)}` : stack;
}
