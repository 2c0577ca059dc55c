/** What verifying a record finds. */

/** Where a record and the emulator, or a record and itself, part. */
export interface Difference {
  /** The decision; 0 is the reset, null the manifest. */
  readonly step: number | null;
  /** Such as `observation`, `reward` or `chain`; of the manifest such as `result.score`. */
  readonly field: string;
  /** What the record says. */
  readonly expected: string;
  /** What the emulator gave, or what the record's own lines come to. */
  readonly got: string;
  /** Whether the record contradicts itself, so that it was changed or damaged whatever the emulator does. */
  readonly isRecordAltered: boolean;
}

/** A value in a difference: texts as they are, everything else as JSON. */
export function show(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}
