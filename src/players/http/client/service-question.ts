/** What is asked of a service, and what it replies, in the terms of the loop. */
import type { Answer, ServiceFacts } from '../../../agent/policy.js';
import type { JsonObject } from '../../../core/index.js';

export type ServicePart =
  | { readonly type: 'text'; readonly text: string }
  /** The bytes of a PNG file. */
  | { readonly type: 'image'; readonly png: Uint8Array };

export interface ServiceMessage {
  readonly role: 'user' | 'assistant';
  readonly content: readonly ServicePart[];
}

export interface ServiceQuestion {
  readonly system?: string;
  /** In order; pictures stand in messages of the user alone. */
  readonly messages: readonly ServiceMessage[];
  /** JSON schema of the answer, an object's; sent where answers are by schema. */
  readonly schema?: JsonObject;
  /** 0 for the first draw of a situation; the seed is counted up by it, and it belongs to the hash. */
  readonly sample: number;
}

type FromService = Extract<Answer, { kind: 'text' | 'unusable' | 'failure' }>;

/** An answer with its facts. `cost` is null: prices are not the client's. */
export type ServiceReply = FromService & { readonly service: ServiceFacts };
