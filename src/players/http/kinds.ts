/** Models behind services by name, without loading anything that speaks to them. */
import { AgentError } from '../../core/index.js';
import type { PolicyContext, PolicyKind } from '../registry.js';
import { NEEDS } from '../vision-language/needs.js';
import { type ModelEndpoint, serviceSettings } from './endpoint.js';
import { loadEndpoint } from './load.js';
import { defaultEndpoint } from './schema.js';

/** `endpoint:NAME[:MODEL]`, or the path of a YAML file in place of the name. */
export const endpointKind = serviceKind({
  name: 'endpoint',
  argument: 'NAME[:MODEL]',
  description: 'a model behind a service, as configs/endpoints or a YAML file of your own says',
  endpoint: loadEndpoint,
});

export const openaiKind = hosted('openai', 'OPENAI_API_KEY', 'OpenAI');
export const anthropicKind = hosted('anthropic', 'ANTHROPIC_API_KEY', 'Anthropic');
export const googleKind = hosted('google', 'GEMINI_API_KEY', 'Google');

/** `PROVIDER:MODEL`: the provider's own service, with everything else as it is where nothing is said. */
function hosted(provider: 'openai' | 'anthropic' | 'google', key: string, title: string): PolicyKind {
  return serviceKind({
    name: provider,
    argument: 'MODEL',
    description: `a model of ${title}, with the key in ${key}`,
    where: key,
    endpoint: (model) => ({ ...defaultEndpoint(provider), key, model }),
  });
}

interface ServiceKind {
  readonly name: string;
  readonly argument: string;
  readonly description: string;
  /** The variable that holds the key, where it is always the same; for errors. */
  readonly where?: string;
  readonly endpoint: (argument: string) => ModelEndpoint;
}

function serviceKind({ name, argument, description, where, endpoint }: ServiceKind): PolicyKind {
  const named = (given: string | undefined): string => `${name}:${given}${where ? `, ${where}` : ''}`;
  return {
    name,
    argument: { name: argument, isRequired: true },
    description,
    needs: NEEDS,
    play: (given) => endpoint(given as string).play ?? {},
    check: async (given, context) => {
      requireSendable(endpoint(given as string), named(given), context);
    },
    create: async (given, context) => {
      const chosen = endpoint(given as string);
      requireSendable(chosen, named(given), context);
      // The clients of the providers are loaded only where one plays.
      const { servicePolicy } = await import('./policy.js');
      const { services, demonstrations } = context;
      return servicePolicy(chosen, { id: `${name}:${given}`, services, demonstrations });
    },
  };
}

/** Throws `usage` where the key is missing, an address is wrong, or a budget is in dollars and there are no prices. */
function requireSendable(endpoint: ModelEndpoint, where: string, { services }: PolicyContext): void {
  serviceSettings(endpoint, where);
  if (!services?.budget.limitsCost || endpoint.prices !== null) return;
  throw new AgentError('usage', 'a budget in dollars needs prices', {
    expected: '`prices:` in the file of the endpoint',
    got: 'none',
    where,
    next: 'write an endpoint with prices (docs/endpoints.md), or limit --max-requests or --max-tokens',
  });
}
