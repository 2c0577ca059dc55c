/**
 * Does a record agree with itself? Line by line: the chain, the seal, and every field that follows from others; in the
 * end the manifest. What no other field tells, such as the answer's own words, rests on the seal alone.
 */
import { type Difference, show } from './difference.js';
import { type AnswerFacts, answerFacts, otherReading, type WrongField, wrongField } from './line-facts.js';
import { LineSums, wrongManifestField } from './manifest-facts.js';
import { gitState, programVersions } from './provenance.js';
import type { EpisodeRecord, ReadLine } from './reader.js';
import type { StepLine } from './schema.js';

import { readSeal } from './seal.js';
import { addStep, startTally, type Tally } from './tally.js';

/** Of lines in their order; the first contradiction is what counts. */
export class RecordAudit {
  readonly #record: EpisodeRecord;
  readonly #facts: AnswerFacts | null;
  readonly #isOwnProgram: boolean;
  readonly #sums = new LineSums();
  #tally: Tally | undefined;
  #seal: string;
  #otherReadings = 0;
  #firstOther: string | null = null;

  private constructor(record: EpisodeRecord, isOwnProgram: boolean) {
    this.#record = record;
    this.#facts = answerFacts(record.manifest);
    this.#isOwnProgram = isOwnProgram;
    this.#seal = record.seal?.start ?? '';
  }

  static async start(record: EpisodeRecord): Promise<RecordAudit> {
    return new RecordAudit(record, await isOwnProgram(record));
  }

  /** Of the lines so far; undefined before the first. */
  get tally(): Tally | undefined {
    return this.#tally;
  }

  /** The seal of the whole record, or of its lines so far; null of a record without seals. */
  get seal(): string | null {
    const { manifest, seal } = this.#record;
    if (seal === null) return null;
    return manifest.status === 'running' ? this.#seal : seal.written;
  }

  /** Takes a line in; what it contradicts, or null. */
  add({ line, text }: ReadLine): Difference | null {
    this.#tally = line.step === 0 ? startTally(line) : addStep(this.#tally as Tally, line as StepLine);
    const difference = (field: string, expected: string, got: string): Difference => ({
      step: line.step,
      field,
      expected,
      got,
      isRecordAltered: true,
    });
    if (line.chain !== this.#tally.chain) return difference('chain', line.chain, this.#tally.chain);
    if (this.#record.seal !== null) {
      const seal = readSeal(this.#seal, text);
      if (seal === null) return difference('seal', 'none at the end of the line', 'a line that was sealed');
      if (seal.written !== seal.expected) return difference('seal', seal.written, seal.expected);
      this.#seal = seal.written;
    }
    if (line.step === 0) return null;
    const wrong = this.#wrongIn(line as StepLine);
    return wrong && difference(wrong.field, show(wrong.expected), show(wrong.got));
  }

  /** After the last line: what the manifest contradicts, or null. */
  finish(): Difference | null {
    const { manifest, seal } = this.#record;
    const wrong =
      wrongManifestField(manifest, this.#tally, this.#sums, this.#facts) ??
      (seal === null || seal.written === seal.expected(this.#seal)
        ? null
        : { field: 'seal', expected: seal.written, got: seal.expected(this.#seal) });
    return (
      wrong && {
        step: null,
        field: wrong.field,
        expected: show(wrong.expected),
        got: show(wrong.got),
        isRecordAltered: true,
      }
    );
  }

  /** What nothing in the record proves, in sentences. */
  get unproven(): string[] {
    const { seal, manifest } = this.#record;
    const said = 'who played, the words of answers, scores of actions, times, dates, versions and recoveries';
    return [
      seal === null
        ? `a record of format 1 has no seal: ${said} may have been changed since`
        : `${said} are as the seal has them; whoever made the record could write anything there`,
      ...(manifest.status === 'running' && seal !== null
        ? ['a killed run has no end: later lines may be missing']
        : []),
      ...(this.#facts === null ? ['the record does not tell how answers become actions in its game'] : []),
      ...(this.#firstOther === null
        ? []
        : [`today's parser reads ${this.#otherReadings} answers otherwise, the first at ${this.#firstOther}`]),
    ];
  }

  #wrongIn(line: StepLine): WrongField | null {
    this.#sums.add(line);
    const wrong = wrongField(line, this.#facts);
    if (wrong || this.#facts === null) return wrong;
    const other = otherReading(line, this.#facts);
    if (other === null || this.#isOwnProgram) return other;
    // Another version of the program may have read answers by other rules.
    this.#otherReadings += 1;
    this.#firstOther ??= `step ${line.step}: ${show(other.got)}, in the record ${show(other.expected)}`;
    return null;
  }
}

let own: Promise<string> | undefined;

/** Whether this very program, to the commit, wrote the record: then its parser is this one's. */
async function isOwnProgram({ manifest: { versions, git } }: EpisodeRecord): Promise<boolean> {
  if (git === null || git.dirty) return false;
  own ??= Promise.all([programVersions(), gitState()]).then(([{ agent }, state]) =>
    state === null || state.dirty ? '' : `${agent} ${state.commit}`,
  );
  return (await own) === `${versions.agent} ${git.commit}`;
}
