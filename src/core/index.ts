export * from './atomic-write.js';
export * from './env.js';
export * from './errors.js';
export * from './hash.js';
export * from './json.js';
export * from './nd-array.js';
export * from './output-path.js';
export * from './random.js';
