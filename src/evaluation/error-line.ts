/** Errors as a part of a line: in tables, notes and lists of problems. */
import { type ErrorEnvelope, isAgentError, toErrorEnvelope } from '../core/index.js';

/** What happened, what was expected and what came, without the advice to a person at the keyboard. */
export function inOneLine(error: unknown): string {
  return envelopeInOneLine(isAgentError(error) ? error.toEnvelope() : toErrorEnvelope(error));
}

/** The same of an error as a record keeps it. */
export function envelopeInOneLine({ message, expected, got }: ErrorEnvelope): string {
  const details = [expected && `expected ${expected}`, got && `got ${got}`].filter(Boolean).join(', ');
  return (details ? `${message} (${details})` : message).replace(/\s+/g, ' ');
}
