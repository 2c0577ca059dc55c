/** A way in which a service misbehaves, and what a client is to make of it. */
import type { ServerResponse } from 'node:http';
import type { ServiceFailure, UnusableAnswer } from '../../../../src/agent/policy.js';
import type { Provider } from '../../../../src/players/http/client/service-settings.js';

export interface Misbehaviour {
  readonly name: string;
  readonly provider?: Provider;
  readonly answer: (response: ServerResponse) => void;
  /** A failure or an unusable answer by its name, or the text that is still to be read. */
  readonly becomes: ServiceFailure | UnusableAnswer | { readonly text: string };
  readonly reasoning?: string;
  /** Stands in the error, or in the text of an unusable answer. */
  readonly says?: string;
  /** Of HTTP, in the list of failed requests. */
  readonly status?: number;
  /** Whole requests are over after so many milliseconds, where that is the point. */
  readonly timeoutMs?: number;
  /** There are no counts of tokens that could be believed. */
  readonly isUncounted?: true;
}
