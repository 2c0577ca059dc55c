/**
 * Picture files at a small size. Wallpapers of fifteen megapixels take a second each to decode; what training needs of
 * them is kept as small lossless PNG files under runs/cache.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { writeFileAtomic } from '../../../core/atomic-write.js';
import { AgentError } from '../../../core/errors.js';
import { makeFolder } from '../../../core/index.js';
import type { Frame } from '../../../core/nd-array.js';
import { projectPaths } from '../../../core/project-paths.js';
import { inWords } from '../../../core/system-error.js';

/** 1: the first way of reducing; part of the files' names, so that another way finds none of the old ones. */
const VERSION = 1;

export interface ReducedPicture {
  /** `uint8` [height, width, 3 or 4]; the shorter side is at most what was asked for. */
  readonly picture: {
    readonly height: number;
    readonly width: number;
    readonly channels: number;
    readonly data: Frame['data'];
  };
  /** SHA-256 of the file. */
  readonly sha256: string;
}

/**
 * A picture file with its shorter side reduced to `shorter` pixels; smaller ones stay as they are.
 * @param alpha whether transparency is kept as a fourth channel; otherwise it is laid on mid-grey.
 * Rejects with `usage` where the file is no picture.
 */
export async function readReduced(
  path: string,
  {
    shorter,
    alpha = false,
    cache = join(projectPaths.runs, 'cache', 'pictures'),
  }: { shorter: number; alpha?: boolean; cache?: string },
): Promise<ReducedPicture> {
  const bytes = await readBytes(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const cached = join(cache, `${sha256.slice(0, 24)}-${shorter}${alpha ? 'a' : ''}-v${VERSION}.png`);
  if (!existsSync(cached)) {
    await makeFolder(cache);
    await writeFileAtomic(cached, await reduce(bytes, path, shorter, alpha));
  }
  const { data, info } = await sharp(await readFile(cached))
    .raw()
    .toBuffer({ resolveWithObject: true });
  return {
    picture: { height: info.height, width: info.width, channels: info.channels, data: new Uint8Array(data) },
    sha256,
  };
}

/** The colours of a reduced picture without its alpha. */
export function asFrame({ height, width, channels, data }: ReducedPicture['picture']): Frame {
  if (channels === 3) return { dtype: 'uint8', shape: [height, width, 3], data };
  const rgb = new Uint8Array(height * width * 3);
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) rgb[i * 3 + c] = data[i * channels + (channels < 3 ? 0 : c)] as number;
  }
  return { dtype: 'uint8', shape: [height, width, 3], data: rgb };
}

async function reduce(bytes: Uint8Array, path: string, shorter: number, alpha: boolean): Promise<Buffer> {
  try {
    const size = { width: shorter, height: shorter, fit: 'outside', withoutEnlargement: true } as const;
    const reduced = sharp(bytes).rotate().toColourspace('srgb').resize(size);
    const shown = alpha ? reduced.ensureAlpha() : reduced.flatten({ background: '#808080' });
    const { data, info } = await shown.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    // Through raw samples: a grey or 16-bit file would otherwise stay grey or 16-bit.
    const raw = { width: info.width, height: info.height, channels: info.channels };
    return await sharp(data, { raw }).toColourspace('srgb').png().toBuffer();
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): AgentError {
  return new AgentError('usage', 'A picture cannot be read', {
    expected: 'a PNG, JPEG, WebP, GIF, TIFF or AVIF file',
    got: inWords(cause),
    where: path,
    cause,
  });
}
