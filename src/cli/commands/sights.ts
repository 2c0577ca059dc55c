/** `agent sights`: how right is what players said they saw, in records of games that have a scripted teacher. */

import { resolve } from 'node:path';
import { AgentError, writeFileAtomic } from '../../core/index.js';
import type { Share } from '../../evaluation/index.js';
import type { EpisodeRecord } from '../../record/index.js';
import type { ExaminedEpisode, SightTable } from '../../sights/index.js';
import type { Console } from '../shared/console.js';
import type { CommandContext, Register } from '../shared/context.js';
import { addEmulatorOptions, type EmulatorOptions, openEmulators } from '../shared/emulator-options.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { OutputFile } from '../shared/output-options.js';
import { align, percent } from '../shared/text.js';

const EXAMPLES = `
Examples:
  $ agent play --game spaceinvaders --out runs/game && agent sights runs/game
  $ agent sights runs/EVALUATION --table sights.json

Every game is played again and verified; the scripted teacher reads the same pictures. There: decisions in which it sees
the thing. Near: of these, those in which the player's number is within 2 of it; exact: the same. Invented: of the
others, those in which the player says a number. Shares are means over episodes, differences are paired by seed (later -
earlier).`;

interface SightsOptions extends EmulatorOptions {
  readonly table?: string;
}

export const registerSights: Register = (program, context) => {
  const command = program
    .command('sights')
    .description('measure how right is what a player said it saw, in recorded games')
    .argument('<run...>', 'folders of runs of agent play or agent eval')
    .addOption(new OutputFile('--table <file>', 'write the table as JSON', ['.json']))
    .addHelpText('after', EXAMPLES);
  addEmulatorOptions(command).action((runs: string[], options: SightsOptions) => sights(runs, options, context));
};

async function sights(runs: readonly string[], options: SightsOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  using interrupt = listenForInterrupt(() => output.note('stopping …'));
  try {
    const { examineEpisode, sightTable } = await import('../../sights/index.js');
    const { recordedEnv } = await import('../../replay/index.js');
    const records = await endedRecords(runs, output);
    const { signal } = interrupt;
    await using emulators = await openEmulators(options, { signal });
    const episodes: ExaminedEpisode[] = [];
    for (const record of records) {
      const { policy, seed } = record.manifest;
      output.live(`looking through ${episodes.length + 1} of ${records.length}: ${policy.id}, seed ${seed}`);
      episodes.push(await examineEpisode(record, recordedEnv({ emulators, signal }), { signal }));
    }
    output.clearLive();
    const table = sightTable(episodes);
    if (options.table) await writeFileAtomic(resolve(options.table), `${JSON.stringify(table, null, 1)}\n`);
    output.result(table);
    output.block(text(table));
  } catch (error) {
    output.clearLive();
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

/** The records of episodes that came to an end; the others are only half a game. */
async function endedRecords(runs: readonly string[], output: Console): Promise<EpisodeRecord[]> {
  const { isScored, outcomeOf } = await import('../../evaluation/index.js');
  const { findRecords } = await import('../../report/index.js');
  const { openRecord } = await import('../../record/index.js');
  const { folders } = await findRecords(runs);
  const records: EpisodeRecord[] = [];
  for (const folder of folders) records.push(await openRecord(folder));
  const ended = records.filter(({ manifest }) => isScored(outcomeOf(manifest)));
  const others = records.length - ended.length;
  if (ended.length === 0) {
    throw new AgentError('record', 'none of these episodes came to an end', {
      got: `${others} that failed or were interrupted`,
      where: runs.join(', '),
    });
  }
  if (others > 0) output.note(`left out: ${others} episodes that did not come to an end`);
  return ended;
}

function text({ rows, paired }: SightTable): string {
  const header = ['player', 'sight', 'episodes', 'there', 'near', '95 %', 'exact', 'invented'];
  const lines = rows.flatMap(({ policy, episodes, sights }) =>
    sights.map(({ name, there, near, exact, invented }) => [
      ...[policy, name, `${episodes}`, `${there}`],
      ...[percent(near.share), range(near), percent(exact.share), percent(invented.share)],
    ]),
  );
  const acts = rows.map((row) => [
    ...[row.policy, `${row.decisions}`, `${row.silent}`],
    ...[percent(row.as_taught.share), range(row.as_taught), percent(row.as_said.share)],
  ]);
  const pairs = paired.map((row) => [
    `${row.a} - ${row.b}`,
    row.of,
    `${row.episodes}`,
    (100 * row.difference).toFixed(1),
    range(row),
  ]);
  return [
    align([header, ...lines]),
    align([['player', 'decisions', 'silent', 'acts as taught', '95 %', 'acts as it said'], ...acts]),
    ...(pairs.length > 0 ? [align([['difference', 'of', 'seeds', 'points', '95 %'], ...pairs])] : []),
  ].join('\n\n');
}

/** In percent, or in points of them. */
function range({ interval }: Pick<Share, 'interval'>): string {
  return interval === null ? '-' : interval.map((end) => (100 * end).toFixed(1)).join(' .. ');
}
