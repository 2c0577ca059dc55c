/** Models behind services by name, without loading anything that speaks to them. */
import type { Policy } from '../../agent/policy.js';
import type { PolicyContext, PolicyKind } from '../registry.js';
import { NEEDS } from '../vision-language/needs.js';
import { type ModelEndpoint, serviceSettings } from './endpoint.js';
import { loadEndpoint } from './load.js';
import { defaultEndpoint } from './schema.js';

/** `endpoint:NAME[:MODEL]`, or the path of a YAML file in place of the name. */
export const endpointKind: PolicyKind = {
  name: 'endpoint',
  argument: { name: 'NAME[:MODEL]', isRequired: true },
  needs: NEEDS,
  description: 'a model behind a service, as configs/endpoints or a YAML file of your own says',
  check: async (given) => {
    serviceSettings(loadEndpoint(given as string), `endpoint:${given}`);
  },
  create: (given, context) => create(loadEndpoint(given as string), `endpoint:${given}`, context),
};

export const openaiKind = hosted('openai', 'OPENAI_API_KEY', 'OpenAI');
export const anthropicKind = hosted('anthropic', 'ANTHROPIC_API_KEY', 'Anthropic');
export const googleKind = hosted('google', 'GEMINI_API_KEY', 'Google');

/** `PROVIDER:MODEL`: the provider's own service, with everything else as it is where nothing is said. */
function hosted(provider: 'openai' | 'anthropic' | 'google', key: string, title: string): PolicyKind {
  const endpoint = (model: string): ModelEndpoint => ({ ...defaultEndpoint(provider), key, model });
  return {
    name: provider,
    argument: { name: 'MODEL', isRequired: true },
    needs: NEEDS,
    description: `a model of ${title}, with the key in ${key}`,
    check: async (model) => {
      serviceSettings(endpoint(model as string), `${provider}:${model} (${key})`);
    },
    create: (model, context) => {
      serviceSettings(endpoint(model as string), `${provider}:${model} (${key})`);
      return create(endpoint(model as string), `${provider}:${model}`, context);
    },
  };
}

async function create(endpoint: ModelEndpoint, id: string, { services }: PolicyContext): Promise<Policy> {
  // The clients of the providers are loaded only where one plays.
  const { servicePolicy } = await import('./policy.js');
  return servicePolicy(endpoint, { id, services });
}
