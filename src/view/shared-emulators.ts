/** The emulator processes of all episodes that are looked at: started when the first is, shared by the others. */
import { availableParallelism } from 'node:os';
import { AgentError } from '../core/index.js';
import { type Emulators, startEmulators } from '../env-bridge/index.js';
import { type EnvFactory, recordedEnv } from '../replay/index.js';

/** Four episodes are shown side by side at most. */
const MOST_PROCESSES = 4;

export class SharedEmulators implements AsyncDisposable {
  #starting: Promise<Emulators> | undefined;
  readonly #ended = new AbortController();

  /** Rejects with `usage` for an environment that would import a Python module, and as `makeEnv`. */
  readonly makeEnv: EnvFactory = async (manifest, options) => {
    refuseImports(manifest.env?.id, manifest.game.config.emulator);
    const { signal } = this.#ended;
    this.#starting ??= startEmulators({ processes: Math.min(MOST_PROCESSES, availableParallelism()), signal });
    // A start that failed is tried again with the next episode.
    const emulators = await this.#starting.catch((error: unknown) => {
      this.#starting = undefined;
      throw error;
    });
    return recordedEnv({ emulators, signal })(manifest, options);
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    const emulators = await this.#starting?.catch(() => undefined);
    await emulators?.close();
  }
}

/** A click on a list is no reason to run a stranger's choice of Python modules. */
function refuseImports(id: string | undefined, emulator: unknown): void {
  const named = (emulator as { env?: unknown } | null)?.env ?? id;
  if (typeof named !== 'string' || !named.includes(':')) return;
  throw new AgentError('usage', 'the pictures of this episode are not played here', {
    expected: 'an environment that is installed',
    got: `${named}, which makes Python import a module that the record names`,
    next: 'agent replay RUN --video FILE plays it, where you trust the record',
  });
}
