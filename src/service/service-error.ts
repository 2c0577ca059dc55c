/** Errors as OpenAI's API gives them: a status, and `{error: {message, type, param, code}}`. */
import { type AgentError, isAgentError } from '../core/index.js';

export interface ServiceErrorFields {
  readonly status: number;
  /** Stable name that a program can read, such as `queue_full`. */
  readonly code: string;
  /** The field of the request that is wrong. */
  readonly param?: string;
  /** Seconds after which it may be tried again. */
  readonly retryAfter?: number;
}

export class ServiceError extends Error {
  override readonly name = 'ServiceError';

  constructor(
    message: string,
    readonly fields: ServiceErrorFields,
  ) {
    super(message);
  }

  /** The body of the response. */
  toBody(): object {
    const { status, code, param = null } = this.fields;
    return { error: { message: this.message, type: typeOf(status), param, code } };
  }
}

/** A request that asks for something which is not done here, or not in form. */
export function badRequest(message: string, param?: string, code = 'invalid_value'): ServiceError {
  return new ServiceError(message, { status: 400, code, ...(param === undefined ? {} : { param }) });
}

/** What fastify throws for a request that it does not let through. */
interface HttpError {
  readonly statusCode: number;
  readonly code?: string;
  readonly message: string;
}

/**
 * Any error as one that a client may see. What the program did not foresee becomes a 500 without its message, which may
 * name files of this machine.
 */
export function asServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (isAgentError(error, 'usage')) return badRequest(inOneLine(error));
  if (isAgentError(error, 'cancelled')) {
    return new ServiceError('the service is being stopped', { status: 503, code: 'stopping', retryAfter: 5 });
  }
  const { statusCode, code = 'invalid_request', message } = error as HttpError;
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new ServiceError(message, { status: statusCode, code: code.replace(/^FST_ERR_(CTP_)?/, '').toLowerCase() });
  }
  const message500 = 'the model failed; the service wrote the reason to its standard error';
  return new ServiceError(message500, { status: 500, code: 'internal' });
}

function inOneLine({ summary, details }: AgentError): string {
  const { expected, got, next } = details;
  const parts = [summary, expected && `expected: ${expected}`, got && `got: ${got}`, next && `next: ${next}`];
  return parts.filter(Boolean).join('; ');
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}
