/** A checkpoint as a service that speaks OpenAI's API. See docs/serve-model.md. */
export { isLoopback } from './access.js';
export { type ModelService, type ModelServiceOptions, serveModel } from './service.js';
