/** LeRobot's datasets, version 3: ours and those of others, with pictures in the tables or in videos. */
import { z } from 'zod';
import { AgentError } from '../../core/index.js';
import type { FrameShape } from '../frame-codec.js';
import { readJsonFile } from '../json-file.js';
import { readCompanion } from './companion.js';
import type { ExchangeSource } from './episode.js';
import { allRows, type ImportChoices } from './import-hf.js';
import { type VideoPlace, VideoReader } from './lerobot-video.js';
import { columnsOf, readRows } from './parquet-rows.js';
import type { SourceFolder } from './source-folder.js';
import { type ForeignTable, tableSource } from './table-import.js';
import { chooseColumns } from './table-layout.js';
import { asNumber, asReal } from './values.js';

const feature = z.looseObject({ dtype: z.string(), shape: z.array(z.int().positive()), names: z.unknown() });
const infoSchema = z.looseObject({
  codebase_version: z.string(),
  fps: z.number().positive(),
  robot_type: z.string().nullable().optional(),
  total_episodes: z.int().nonnegative(),
  features: z.record(z.string(), feature),
});
type Info = z.output<typeof infoSchema>;

const NEXT = 'name a folder in the layout of LeRobot v3, with meta/info.json';

/** Rejects with `dataset` where the folder is none of these, `usage` where no game is named and one must be. */
export async function openLeRobot(source: SourceFolder, choices: ImportChoices): Promise<ExchangeSource> {
  const infoPath = await source.require('meta/info.json', NEXT);
  const info = await readJsonFile(infoPath, infoSchema, NEXT);
  if (!info.codebase_version.startsWith('v3.')) {
    throw new AgentError('dataset', "another version of LeRobot's layout", {
      expected: 'v3.0',
      got: info.codebase_version,
      where: infoPath,
      next: "lerobot's own `lerobot.datasets.v30.convert_dataset_v21_to_v30` brings it to v3.0",
    });
  }
  const companion = await readCompanion(source);
  const paths = await Promise.all((await source.list('data', '.parquet')).map((name) => source.require(name)));
  const [first] = paths;
  if (first === undefined) throw new AgentError('dataset', 'there are no tables', { where: source.path, next: NEXT });
  const pictures = Object.entries(info.features).filter(([, { dtype }]) => dtype === 'image' || dtype === 'video');
  const images = pictures.map(([name]) => name);
  const columns = chooseColumns({
    names: await columnsOf(first),
    images,
    image: choices.image,
    companion,
    where: first,
  });
  const image = columns.image as string;
  const shape = companion?.description.frame ?? shapeIn(info, image, infoPath);
  const isVideo = info.features[image]?.dtype === 'video';
  const videos = isVideo ? await videosOf(source, { image, fps: info.fps, shape }) : {};
  return tableSource(
    {
      columns,
      companion,
      shape,
      actions: { names: choices.actions ?? namesIn(info.features.action), where: infoPath },
      decisionsPerSecond: info.fps,
      episodeCount: info.total_episodes,
      rows: () => allRows(paths),
      ...videos,
      where: source.path,
      player: info.robot_type ?? 'unknown',
    },
    choices.game,
  );
}

function shapeIn({ features }: Info, image: string, where: string): FrameShape {
  const { shape = [], names } = features[image] ?? {};
  const isChannelFirst = Array.isArray(names) && names[0] === 'channels';
  const [height = 0, width = 0, channels = 0] = isChannelFirst ? [...shape.slice(1), shape[0] ?? 0] : shape;
  if (shape.length === 3 && (channels === 1 || channels === 3)) return { height, width, channels };
  const expected = '[height, width, 1 or 3]';
  throw new AgentError('dataset', `${image} is no picture`, { expected, got: `[${shape.join(', ')}]`, where });
}

/** A list of names, or lists by a name of their own; numbers are no names. */
function namesIn(action: Info['features'][string] | undefined): string[] | undefined {
  const { names } = action ?? {};
  const list = Array.isArray(names) ? names : Object.values((names ?? {}) as object).flat();
  return list.length > 0 && list.every((name) => typeof name === 'string') ? list : undefined;
}

interface VideoFacts {
  readonly image: string;
  readonly fps: number;
  readonly shape: FrameShape;
}

/** How pictures are read out of videos, where `meta/episodes` says that an episode's are. */
async function videosOf(source: SourceFolder, facts: VideoFacts): Promise<Required<Pick<ForeignTable, 'pictures'>>> {
  const places = await videoPlaces(source, facts);
  const reader = new VideoReader(source, facts.shape);
  return {
    pictures: async (row, count) => {
      const episode = asNumber(row.episode_index, 'episode_index', source.path);
      const place = places.get(episode);
      if (place) return await reader.read(place, count);
      const where = `${source.path}, meta/episodes`;
      throw new AgentError('dataset', `nothing says where the pictures of episode ${episode} are`, { where });
    },
  };
}

async function videoPlaces(source: SourceFolder, { image, fps }: VideoFacts): Promise<Map<number, VideoPlace>> {
  const [chunk, file, from] = ['chunk_index', 'file_index', 'from_timestamp'].map(
    (name) => `videos/${image}/${name}`,
  ) as [string, string, string];
  const places = new Map<number, VideoPlace>();
  for (const name of await source.list('meta/episodes', '.parquet')) {
    const path = await source.require(name);
    const digits = (value: unknown, column: string): string => String(asNumber(value, column, path)).padStart(3, '0');
    for await (const row of readRows(path, ['episode_index', chunk, file, from])) {
      const place = `videos/${image}/chunk-${digits(row[chunk], chunk)}/file-${digits(row[file], file)}.mp4`;
      const first = Math.round(asReal(row[from], from, path) * fps);
      places.set(asNumber(row.episode_index, 'episode_index', path), { file: place, from: first });
    }
  }
  return places;
}
