/**
 * A program that makes an environment and never closes it. Arguments: the compiled bridge, the environment's id. Prints
 * the emulator's process id; exits on SIGUSR2.
 */
const [bridge, id] = process.argv.slice(2);
const { makeEnv } = await import(bridge);
const env = await makeEnv(id);
await env.reset({ seed: 0 });
process.on('SIGUSR2', () => process.exit(0));
process.stdout.write(`${env.emulators.pids[0]}\n`);
setInterval(() => {}, 1000);
