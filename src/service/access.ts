/** Who may ask: the key of a service. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { ServiceError } from './service-error.js';

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/** Whether only this machine reaches an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || (isIP(host) !== 0 && LOOPBACK.test(host));
}

/** Checks the header of requests against the key, in a time that tells nothing about it. */
export function keyCheck(key: string | undefined): (authorization: string | undefined) => void {
  if (key === undefined) return () => {};
  const wanted = digest(`Bearer ${key}`);
  return (authorization = '') => {
    // Of equal length whatever was sent.
    if (timingSafeEqual(digest(authorization.replace(/^bearer +/i, 'Bearer ')), wanted)) return;
    const message = 'the key is missing or wrong: send Authorization: Bearer KEY';
    throw new ServiceError(message, { status: 401, code: 'invalid_api_key' });
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
