/** The end of a stream of text, as much of it as an error message can show. */

const MAX_BYTES = 4096;
const MAX_LINES = 20;

export class TextTail {
  #bytes: Buffer = Buffer.alloc(0);

  append(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]).subarray(-MAX_BYTES);
  }

  /** The last lines, without the line that the limit cut in two, indented for an error message. */
  toString(): string {
    const text = this.#bytes.toString().trimEnd();
    if (text === '') return '';
    const lines = text.split('\n');
    const whole = this.#bytes.length === MAX_BYTES && lines.length > 1 ? lines.slice(1) : lines;
    return whole
      .slice(-MAX_LINES)
      .map((line) => `    ${line}`)
      .join('\n');
  }
}
