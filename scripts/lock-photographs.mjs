#!/usr/bin/env node
/**
 * Writes configs/training/photographs.json anew: which photographs there are, their hashes, and what each is used for.
 *
 *   node scripts/lock-photographs.mjs FOLDER
 *
 * FOLDER holds one folder a package: wheels unpacked as they are, Debian packages with the content of usr/share.
 * Which files are photographs worth having was decided by eye; the rules below are that decision.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { root } from './lib/paths.mjs';

const PACKAGES = [
  {
    name: 'scikit-image',
    registry: 'pypi',
    version: '0.26.0',
    license: 'BSD-3-Clause; where each picture comes from is told in the documentation of skimage.data',
    keep: /^skimage\/data\/(astronaut|brick|camera|chelsea|coffee|coins|grass|gravel|hubble_deep_field|ihc|moon|motorcycle_left|retina|rocket)\./,
  },
  {
    name: 'scikit-learn',
    registry: 'pypi',
    version: '1.7.2',
    license: 'CC-BY 2.0, see sklearn/datasets/images/README.txt',
    keep: /^sklearn\/datasets\/images\/.*\.jpg$/,
  },
  { name: 'gnome-backgrounds', registry: 'debian', version: '43.1-1', license: 'GPL-2, CC-BY-SA-3.0', keep: /\.webp$/ },
  {
    name: 'lomiri-wallpapers-16.04',
    registry: 'debian',
    version: '20.04.0-2',
    license: 'CC-BY-4.0, CC-BY-SA-3.0, CC-BY-SA-4.0, CC0-1.0',
    keep: /\.jpg$/,
  },
  {
    name: 'lomiri-wallpapers-20.04',
    registry: 'debian',
    version: '20.04.0-2',
    license: 'CC-BY-4.0, CC-BY-SA-3.0, CC-BY-SA-4.0, CC0-1.0',
    keep: /\.jpg$/,
  },
  {
    name: 'mate-backgrounds',
    registry: 'debian',
    version: '1.26.0-1',
    license: 'GPL-2+, CC-BY-SA-4.0',
    keep: /nature\/.*\.jpg$|abstract\/Elephants\.jpg$|Float-into-MATE/,
  },
  {
    name: 'plasma-workspace-wallpapers',
    registry: 'debian',
    version: '4:5.27.5-2',
    license: 'GPL-2+',
    // Of each wallpaper the largest landscape version.
    keep: /contents\/images(_dark)?\/(5120x2880|3840x2160|3200x2000|2560x1600)\./,
  },
  {
    name: 'ukui-wallpapers',
    registry: 'debian',
    version: '20.04.3-1.1',
    license: 'CC-BY-SA-3.0',
    keep: /\.(png|jpg)$/,
  },
  { name: 'sway-backgrounds', registry: 'debian', version: '1.7-6', license: 'Expat', keep: /Blue_2048x1536\.png$/ },
  {
    name: 'tuxpaint-stamps-default',
    registry: 'debian',
    version: '2022.06.04-1',
    license: 'GPL-2',
    keep: /^tuxpaint\/stamps\/(?!symbols\/(signlang|shapes|math)).*\.png$/,
    cutouts: true,
  },
];

/** The ten photographs that results are reported on. */
const TEST =
  /(astronaut|chelsea|coffee|rocket|retina|hubble_deep_field|ihc|motorcycle_left)\.(png|jpg)$|(china|flower)\.jpg$/;
const VALIDATION = /Picture_0B_by|friends_by|Kleiber_by|seeding_by|LadyBird|nature\/Storm|EveningGlow|FallenLeaf/;
/** Smaller cut-outs are icons. */
const SMALLEST_CUTOUT = 6000;

function* filesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

/** What a picture is used for; cut-outs are split by chance, that is, by their hash. */
function useOf(path, sha256, cutouts) {
  if (!cutouts) return TEST.test(path) ? 'test' : VALIDATION.test(path) ? 'validation' : 'train';
  const share = Number.parseInt(sha256.slice(0, 4), 16) / 0x10000;
  return share < 0.05 ? 'test' : share < 0.1 ? 'validation' : 'train';
}

/** Tux Paint tells what a stamp shows in the first line of a text beside it: `A yam.` */
function captionOf(file) {
  const beside = file.replace(/\.png$/, '.txt');
  if (!existsSync(beside)) return undefined;
  const line = readFileSync(beside, 'utf8').split('\n')[0].trim().replace(/[.!]$/, '');
  return /^[\x20-\x7e]{2,60}$/.test(line) ? line.toLowerCase() : undefined;
}

const [folder] = process.argv.slice(2);
if (!folder) {
  process.stderr.write('usage: node scripts/lock-photographs.mjs FOLDER\n');
  process.exit(2);
}
const files = [];
for (const { name, keep, cutouts = false } of PACKAGES) {
  const base = join(folder, name);
  for (const file of [...filesBelow(base)].sort()) {
    const path = relative(base, file).split(sep).join('/');
    const bytes = readFileSync(file);
    if (!keep.test(path) || (cutouts && bytes.length < SMALLEST_CUTOUT)) continue;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (files.some((other) => other.sha256 === sha256)) continue;
    const caption = cutouts ? captionOf(file) : undefined;
    if (cutouts && caption === undefined) continue;
    const use = useOf(path, sha256, cutouts);
    files.push({ package: name, path, sha256, use, ...(cutouts ? { cutout: true, caption } : {}) });
  }
}
const packages = PACKAGES.map(({ name, registry, version, license }) => ({ name, registry, version, license }));
const lines = (items) => items.map((item) => `    ${JSON.stringify(item)}`).join(',\n');
const text = `{\n  "packages": [\n${lines(packages)}\n  ],\n  "files": [\n${lines(files)}\n  ]\n}\n`;
writeFileSync(join(root, 'configs', 'training', 'photographs.json'), text);
process.stderr.write(`${files.length} files\n`);
