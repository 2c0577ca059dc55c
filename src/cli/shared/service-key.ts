/** The key of a service that is run here: from a file or the environment, where `ps` does not show it. */
import { AgentError, inWords, readTextSync } from '../../core/index.js';

const VARIABLE = 'AGENT_SERVICE_KEY';
/** What can stand in a header. */
const KEY = /^[\x21-\x7e]{8,4096}$/;

/** Undefined where none is set. Throws `usage` for a file that cannot be read, and a key that no client could send. */
export function serviceKey(file: string | undefined, env = process.env): string | undefined {
  const where = file ?? VARIABLE;
  const key = file === undefined ? env[VARIABLE] : read(file).trim();
  if (key === undefined || (file === undefined && key === '')) return undefined;
  if (KEY.test(key)) return key;
  throw new AgentError('usage', 'the key of the service cannot be used', {
    expected: 'at least 8 letters, digits or signs of ASCII without spaces',
    got: 'something else, which is not shown here',
    where,
    next: 'make one, for instance by: openssl rand -hex 32',
  });
}

function read(file: string): string {
  try {
    return readTextSync(file);
  } catch (cause) {
    const details = { expected: 'a file with the key alone', got: inWords(cause), where: file, cause };
    throw new AgentError('usage', 'the file with the key cannot be read', details);
  }
}
