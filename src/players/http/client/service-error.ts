/** Errors as services send them: by HTTP status, or as an `error` in a body that came with status 200. */
import type { ServiceFailure } from '../../../agent/policy.js';
import type { JsonObject, JsonValue } from '../../../core/index.js';
import { isObject } from './read-body.js';
import { RequestFailure } from './request-failure.js';
import { retryAfter } from './retry-wait.js';

/** The failure that a response with a status other than 2xx is. */
export function failureOfStatus({ status, headers }: Response, text: string): RequestFailure {
  const error = errorIn(text);
  // OpenAI's word for a bill that is not paid: no wait helps.
  const outcome = error.code === 'insufficient_quota' ? 'denied' : outcomeOf(status);
  const location = headers.get('location');
  const message = [`status ${status}`, location && `to ${location}`, error.message].filter(Boolean).join(': ');
  return new RequestFailure(outcome, message, retryAfter(headers));
}

/** The failure that a body with an `error` is, whatever else it holds; null for one without. */
export function failureInBody(body: JsonObject): RequestFailure | null {
  const { error = null } = body;
  if (error === null) return null;
  const { message, status } = describe(error);
  const outcome = status === undefined ? 'server-error' : outcomeOf(status);
  return new RequestFailure(outcome, `an error for an answer${message && `: ${message}`}`);
}

/** Redirects are not followed: they would take the key to wherever a service points. */
function outcomeOf(status: number): ServiceFailure {
  if (status === 429) return 'rate-limited';
  if (status === 408 || status >= 500) return 'server-error';
  return 'denied';
}

interface ErrorText {
  /** Empty where there is none. */
  readonly message: string;
  readonly code?: JsonValue | undefined;
  readonly status?: number;
}

function errorIn(text: string): ErrorText {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { message: text.trim() };
  }
  if (!isObject(body)) return { message: text.trim() };
  return describe(body.error ?? body);
}

function describe(error: JsonValue): ErrorText {
  if (!isObject(error)) return { message: typeof error === 'string' ? error : written(error) };
  const { message, code, status } = error;
  const number = [code, status].map(numberOf).find((value) => value >= 400 && value <= 599);
  return {
    message: typeof message === 'string' ? message : written(error),
    code,
    ...(number === undefined ? {} : { status: number }),
  };
}

/** Of a status, which some write as a text. */
function numberOf(value: JsonValue | undefined): number {
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
}

/** What is nested so deeply that it cannot be written says nothing; the failure keeps its name. */
function written(error: JsonValue): string {
  try {
    return JSON.stringify(error);
  } catch {
    return '';
  }
}
