/** Minari's datasets, ours and those of others, read by `agent_data` in Python. */
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { AgentError } from '../../core/index.js';
import { encodeFrame, type FrameShape } from '../frame-codec.js';
import { actionReader } from './actions.js';
import { type Companion, readCompanion } from './companion.js';
import { type ExchangedEpisode, type ExchangedStep, type ExchangeSource, usualStack } from './episode.js';
import type { ImportChoices } from './import-hf.js';
import { asFramePng } from './pictures.js';
import { type DataProcess, startDataProcess } from './python-pipe.js';
import type { SourceFolder } from './source-folder.js';
import { foreignDescription, requireGame } from './table-import.js';

const headerSchema = z.looseObject({
  shape: z.tuple([z.int().positive(), z.int().positive(), z.literal([1, 3])]),
  encoded: z.boolean(),
  env: z.string().nullable(),
  names: z.array(z.string()).nullable(),
  count: z.int().positive().nullable(),
  size: z.int().positive(),
  episodes: z.int().positive(),
  player: z.string(),
});
const episodeSchema = z.looseObject({
  number: z.int().nonnegative(),
  seed: z.int().nonnegative().nullable(),
  steps: z.int().positive(),
  width: z.int().positive(),
  own: z.boolean(),
});
type Header = z.output<typeof headerSchema>;

/** Pictures that are packed at a time. */
const TOGETHER = 64;
/** A picture of the largest size that is read, as it comes. */
const MAX_PICTURE = 2 ** 26;

/** Rejects with `dataset` where the folder is none of these, `usage` where no game is named and one must be. */
export async function openMinari(source: SourceFolder, choices: ImportChoices): Promise<ExchangeSource> {
  const below = (await source.find('data/metadata.json')) === undefined ? '' : 'data';
  const metadata = await source.require(
    join(below, 'metadata.json'),
    'name the folder of a Minari dataset, with data/',
  );
  await source.list(below, ''); // refuses links, whatever the storage
  const args = ['read', dirname(metadata), ...(choices.image === undefined ? [] : [choices.image])];
  const companion = await readCompanion(source);
  const begin = async () => {
    const reader = startDataProcess(args, source.path);
    const header = headerSchema.parse(JSON.parse(await lineOf(reader)));
    return { reader, header };
  };
  const { reader: first, header } = await begin();
  await first[Symbol.asyncDispose]();
  const [height, width, channels] = header.shape;
  const shape: FrameShape = { height, width, channels };
  const foreign = { shape, decisionsPerSecond: null, player: header.player, where: source.path };
  const description = companion?.description ?? foreignDescription(foreign, choices.game);
  if (companion && choices.game) requireGame(companion.description, choices.game, source.path);
  const names = choices.actions ?? header.names ?? undefined;
  const facts = { names, env: header.env ?? undefined, count: header.count ?? undefined, where: source.path };
  const meaning = companion || !choices.game ? undefined : actionReader(choices.game, facts);
  return {
    description,
    episodeCount: header.episodes,
    missing: companion ? [] : [...MISSING],
    async *episodes() {
      const { reader } = await begin();
      await using _reader = reader;
      for (let number = 0; number < header.episodes; number++) {
        yield await readEpisode({
          reader,
          header,
          shape,
          companion,
          meaning,
          stack: description.stack,
          where: source.path,
        });
      }
      await reader.finish();
    },
  };
}

const MISSING = [
  'labels: what was done is taken for what should be done',
  'seeds, of episodes that name none: their number stands there',
];

interface Reading {
  readonly reader: DataProcess;
  readonly header: Header;
  readonly shape: FrameShape;
  readonly companion: Companion | undefined;
  readonly meaning: ((value: readonly number[]) => number) | undefined;
  /** Frames in a stack. */
  readonly stack: number;
  readonly where: string;
}

async function readEpisode(reading: Reading): Promise<ExchangedEpisode> {
  const { reader, companion, where } = reading;
  const { number, seed, steps: count, width, own } = episodeSchema.parse(JSON.parse(await lineOf(reader)));
  const bytes = await blockOf(reader, count * width * 8);
  const numbers = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const carried = companion?.episodes.get(number);
  if (companion && (carried?.steps !== count || !own)) {
    throw new AgentError('dataset', 'the episodes are not those that the export was written with', {
      expected: carried ? `${carried.steps} decisions with labels` : 'an episode that agent-episodes.parquet knows',
      got: `${count} decisions${own ? '' : ', without labels'}`,
      where: `${where}, episode ${number}`,
    });
  }
  const steps = Array.from({ length: count }, (_, i) =>
    asStep(Array.from(numbers.subarray(i * width, (i + 1) * width)), i, reading),
  );
  const frames = await readFrames(reading, count + 1, `${where}, episode ${number}`);
  if (carried) {
    const { score, status, ending, sha256 } = carried;
    return { number, seed: carried.seed, score, status, ending, steps, frames, sha256 };
  }
  const last = steps.at(-1);
  const ending = last?.terminated ? 'terminated' : last?.truncated ? 'truncated' : null;
  const score = steps.reduce((sum, { reward }) => sum + reward, 0);
  return { number, seed: seed ?? number, score, status: ending ? 'finished' : 'stopped', ending, steps, frames };
}

function asStep(row: readonly number[], index: number, { header, meaning, companion, stack }: Reading): ExchangedStep {
  const values = row.slice(0, header.size);
  const action = meaning ? meaning(values) : (values[0] as number);
  const [reward = 0, terminated, truncated, label = 0, isNoise, value = Number.NaN, ...rest] = row.slice(header.size);
  const step = { step: index, action, reward, terminated: terminated === 1, truncated: truncated === 1 };
  if (!companion) {
    return {
      ...step,
      stack: usualStack(index, stack),
      label: action,
      isNoise: false,
      probabilities: null,
      value: null,
    };
  }
  const probabilities = rest.slice(0, header.count ?? 0);
  return {
    ...step,
    label,
    isNoise: isNoise === 1,
    value: Number.isNaN(value) ? null : value,
    probabilities: Number.isNaN(probabilities[0]) ? null : probabilities,
    stack: rest.slice(header.count ?? 0),
  };
}

/** Pictures are packed several at a time while the next ones are read: that is most of the work. */
async function readFrames(reading: Reading, count: number, where: string): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  let packing: Promise<Uint8Array[]> = Promise.resolve([]);
  for (let from = 0; from < count; from += TOGETHER) {
    const stored: Uint8Array<ArrayBuffer>[] = [];
    for (let i = from; i < Math.min(from + TOGETHER, count); i++) {
      stored.push(await readPicture(reading, `${where}, picture ${i}`));
    }
    frames.push(...(await packing));
    packing = Promise.all(stored.map((bytes, i) => asFrame(bytes, reading, `${where}, picture ${from + i}`)));
    packing.catch(() => {}); // it is told where it is waited for
  }
  return [...frames, ...(await packing)];
}

async function readPicture({ reader }: Reading, where: string): Promise<Uint8Array<ArrayBuffer>> {
  const length = (await blockOf(reader, 4)).readUInt32LE(0);
  if (length > MAX_PICTURE)
    throw new AgentError('dataset', 'a picture is too large', { got: `${length} bytes`, where });
  return new Uint8Array(await blockOf(reader, length));
}

function asFrame(bytes: Uint8Array<ArrayBuffer>, { header, shape }: Reading, where: string): Promise<Uint8Array> {
  if (header.encoded) return asFramePng(bytes, shape, { where });
  return encodeFrame({ dtype: 'uint8', shape: [shape.height, shape.width, shape.channels], data: bytes });
}

/** What does not come is explained by the end of the process. */
async function lineOf(reader: DataProcess): Promise<string> {
  return (await reader.output.line()) ?? (await ended(reader));
}

async function blockOf(reader: DataProcess, length: number): Promise<Buffer> {
  return (await reader.output.take(length)) ?? (await ended(reader));
}

async function ended(reader: DataProcess): Promise<never> {
  await reader.finish();
  throw new AgentError('dataset', 'the data ends too early');
}
