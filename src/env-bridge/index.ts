/** Gymnasium environments for TypeScript: emulator processes behind ZeroMQ, supervised. See docs/env-bridge.md. */
export * from './types.js';
