/** CURVE keys as files in ZeroMQ's certificate format (ZPL), which pyzmq's `zmq.auth.load_certificate` reads too. */
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { curveKeyPair } from 'zeromq';
import { AgentError, inWords, makeFolder, readText } from '../core/index.js';
import type { KeyPair } from './types.js';

/** Where a key pair was written. */
export interface KeyFiles {
  /** For the other side. */
  readonly publicFile: string;
  /** Readable by its owner only; stays where it was made. */
  readonly secretFile: string;
  readonly publicKey: string;
}

const KEY = /^[0-9a-zA-Z.\-:+=^!/*?&<>()[\]{}@%$#]{40}$/; // Z85

/**
 * Makes a new key pair: `NAME.key` (public) and `NAME.key_secret` (both keys, mode 0600) in `folder`, which is made if
 * it is not there. Rejects with `usage` where one of the files exists: a key that is in use is never replaced.
 */
export async function writeKeyPair(folder: string, name: string): Promise<KeyFiles> {
  if (!/^[\w.-]+$/.test(name) || name.startsWith('.')) {
    throw new AgentError('usage', 'A key pair needs a name that can be a file’s', {
      expected: 'letters, digits, "-", "_" and "."',
      got: JSON.stringify(name),
    });
  }
  const { publicKey, secretKey } = curveKeyPair();
  const publicFile = join(folder, `${name}.key`);
  const secretFile = join(folder, `${name}.key_secret`);
  await makeFolder(folder);
  await writeNew(secretFile, certificate(SECRET_COMMENT, publicKey, secretKey), 0o600);
  try {
    await writeNew(publicFile, certificate(PUBLIC_COMMENT, publicKey), 0o644);
  } catch (error) {
    await rm(secretFile, { force: true });
    throw error;
  }
  return { publicFile, secretFile, publicKey };
}

/** The key pair in a `.key_secret` file. Rejects with `config` where it holds none. */
export async function readKeyPair(secretFile: string): Promise<KeyPair> {
  const [publicKey, secretKey] = await readKeys(secretFile, ['public-key', 'secret-key']);
  return { publicKey: publicKey as string, secretKey: secretKey as string };
}

/** The public key in a `.key` (or `.key_secret`) file. Rejects with `config` where it holds none. */
export async function readPublicKey(publicFile: string): Promise<string> {
  const [publicKey] = await readKeys(publicFile, ['public-key']);
  return publicKey as string;
}

const PUBLIC_COMMENT = `#   ZeroMQ CURVE public certificate
#   Give this file to the other side.`;
const SECRET_COMMENT = `#   ZeroMQ CURVE **secret** certificate
#   DO NOT PROVIDE THIS FILE TO OTHER USERS nor change its permissions.`;

function certificate(comment: string, publicKey: string, secretKey?: string): string {
  const secret = secretKey === undefined ? '' : `    secret-key = "${secretKey}"\n`;
  return `${comment}\n\nmetadata\ncurve\n    public-key = "${publicKey}"\n${secret}`;
}

async function writeNew(path: string, content: string, mode: number): Promise<void> {
  try {
    const file = await open(path, 'wx', mode);
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new AgentError('usage', 'A key is never overwritten', {
      expected: 'no such file yet',
      got: path,
      next: 'choose another name, or move the old files away',
      cause,
    });
  }
}

async function readKeys(path: string, names: readonly string[]): Promise<string[]> {
  const text = await readText(path).catch((cause: NodeJS.ErrnoException) => {
    throw new AgentError('config', 'A key file cannot be read', { where: path, got: inWords(cause), cause });
  });
  return names.map((name) => {
    const key = new RegExp(`^\\s*${name}\\s*=\\s*"([^"]*)"`, 'm').exec(text)?.[1];
    if (key !== undefined && KEY.test(key)) return key;
    throw new AgentError('config', 'A key file lacks a key', {
      expected: `${name} = "…" with 40 characters of Z85`,
      got: key === undefined ? 'none' : `${key.length} characters`,
      where: path,
      next: 'make a key pair with `agent keys`; the secret key is in the file that ends in .key_secret',
    });
  });
}
