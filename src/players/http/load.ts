/** Finds endpoints: the shipped ones by name, others by the path of their file; behind a colon the model's name. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AgentError, inWords, readTextSync } from '../../core/index.js';
import { projectPaths } from '../../core/project-paths.js';
import { didYouMean, parseYamlConfig } from '../../core/yaml-config.js';
import type { Endpoint, ModelEndpoint } from './endpoint.js';
import { endpointSchema } from './schema.js';

const endpointsFolder = join(projectPaths.configs, 'endpoints');
const ENDING = /\.ya?ml$/;
const MANUAL = 'docs/endpoints.md';
/** As environment variables are called; no key of any provider looks like one. */
const VARIABLE = /^[A-Z][A-Z0-9_]{0,99}$/;

/** Names of the shipped endpoints, in alphabetical order. */
export function endpointNames(folder = endpointsFolder): string[] {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files
    .filter((file) => ENDING.test(file))
    .map((file) => file.replace(ENDING, ''))
    .sort();
}

/** The two parts of `NAME[:MODEL]` or `FILE.yaml[:MODEL]`. */
export function splitEndpoint(given: string): { readonly place: string; readonly model: string | undefined } {
  const file = /^(.+?\.ya?ml)(?::(.*))?$/s.exec(given);
  const [place = '', model] = file ? file.slice(1) : split(given);
  return { place: place.trim(), model: model?.trim() || undefined };
}

function split(given: string): [string, string | undefined] {
  const colon = given.indexOf(':');
  return colon === -1 ? [given, undefined] : [given.slice(0, colon), given.slice(colon + 1)];
}

/**
 * An endpoint by its name or the path of its file (anything with a slash or ending in .yaml), with its model. Throws
 * `usage` where there is none or neither names a model, and `config` with every problem where the file is wrong.
 */
export function loadEndpoint(given: string, folder = endpointsFolder): ModelEndpoint {
  const { place, model } = splitEndpoint(given);
  const isPath = place.includes('/') || ENDING.test(place);
  if (!isPath && !endpointNames(folder).includes(place)) throw unknown(place, endpointNames(folder));
  const path = isPath ? place : join(folder, `${place}.yaml`);
  const endpoint = parseEndpoint(readEndpoint(path), path);
  const chosen = model ?? endpoint.model;
  if (chosen !== null) return { ...endpoint, model: chosen };
  throw new AgentError('usage', 'the endpoint names no model', {
    expected: `endpoint:${place}:MODEL, or \`model:\` in its file`,
    got: `endpoint:${given}`,
    where: path,
    next: `write the model's name as the service calls it; GET /v1/models of most services lists them`,
  });
}

/** An endpoint from the text of its file; `file` names it in errors. Throws `config`. */
export function parseEndpoint(text: string, file: string): Endpoint {
  const endpoint = parseYamlConfig(text, file, endpointSchema, MANUAL);
  const { key, provider } = endpoint;
  if (key !== null && !VARIABLE.test(key)) {
    throw new AgentError('config', 'key: not the name of an environment variable', {
      expected:
        'a name of capital letters, digits and _, such as OPENAI_API_KEY: the key itself never stands in a file',
      got: 'something else, which is not shown here in case it is a key',
      where: file,
      next: 'put the key into an environment variable and its name here',
    });
  }
  if (provider === 'openai-compatible' && endpoint.baseUrl === undefined) {
    throw new AgentError('config', 'base_url: this field is missing', {
      expected: 'where the service listens, such as http://127.0.0.1:8000/v1',
      where: file,
      next: `correct the file; its fields are explained in ${MANUAL}`,
    });
  }
  return endpoint;
}

function readEndpoint(path: string): string {
  try {
    return readTextSync(path);
  } catch (cause) {
    throw new AgentError('usage', "the endpoint's file cannot be read", {
      expected: `a YAML file as ${MANUAL} describes it`,
      got: inWords(cause),
      where: path,
      next: 'check the path; a name without a slash names a shipped endpoint',
      cause,
    });
  }
}

function unknown(place: string, names: readonly string[]): AgentError {
  const similar = didYouMean(place, names);
  return new AgentError('usage', `there is no endpoint ${JSON.stringify(place)}`, {
    expected: `one of ${names.join(', ')}, or the path of an endpoint's YAML file`,
    got: place,
    where: '--policy endpoint:NAME',
    next: similar === undefined ? `${MANUAL} tells how to write one` : `did you mean ${similar}?`,
  });
}
