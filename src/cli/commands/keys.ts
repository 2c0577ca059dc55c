/** `agent keys`: CURVE key pairs for emulators on another machine. */
import { resolve } from 'node:path';
import type { Register } from '../shared/context.js';

const EXAMPLES = `
Examples:
  $ agent keys keys server          # keys/server.key (public), keys/server.key_secret
  $ agent keys keys/clients laptop

Give the server's .key to the clients and each client's .key to the server; a .key_secret stays where it was made.`;

export const registerKeys: Register = (program, context) => {
  program
    .command('keys')
    .description('make a key pair for encrypted connections between machines')
    .argument('<folder>', 'where the two files go')
    .argument('<name>', 'name of the files, such as server or laptop')
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string, name: string) => {
      const { writeKeyPair } = await import('../../env-bridge/index.js');
      const files = await writeKeyPair(resolve(folder), name);
      const output = context.output();
      output.print(`public key: ${files.publicFile}`);
      output.print(`secret key: ${files.secretFile}`);
      output.result(files);
    });
};
