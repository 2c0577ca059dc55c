/** Gymnasium environments for TypeScript: emulator processes behind ZeroMQ, supervised. See docs/env-bridge.md. */
export { connectEmulators, startEmulators } from './emulator-group.js';
export { type KeyFiles, readKeyPair, readPublicKey, writeKeyPair } from './keys.js';
export { makeEnv, makeVectorEnv } from './make.js';
export { PROTOCOL_VERSION } from './protocol.js';
export * from './types.js';
