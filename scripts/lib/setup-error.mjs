/** What stops a set-up, in words for the person who started it: what failed, why, and what to do. */

export class SetupError extends Error {
  /**
   * @param {string} message what failed
   * @param {{ kind?: string, reason?: string, next?: string, log?: string, output?: string }} details
   */
  constructor(message, details = {}) {
    super(message);
    this.name = 'SetupError';
    this.details = details;
  }

  /** The lines to print. */
  describe() {
    const { reason, next, log, output } = this.details;
    const lines = [this.message];
    if (reason) lines.push(`  reason:   ${reason}`);
    if (next) lines.push(`  next:     ${next}`);
    if (log) lines.push(`  output:   ${log}`);
    if (output) lines.push(...output.split('\n').map((line) => `  | ${line}`));
    return lines.join('\n');
  }
}

const noNetwork =
  /ENOTFOUND|ENOTCACHED|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|network request .* failed|Temporary failure in name resolution|Name or service not known|Failed to establish a new connection|NewConnectionError|NameResolutionError|Network is unreachable|ConnectTimeoutError|ReadTimeoutError|Max retries exceeded|nodename nor servname/i;
const noSpace = /ENOSPC|No space left on device|Disk quota exceeded|EDQUOT/i;
const noWrite = /EACCES|EROFS|Permission denied|Read-only file system/i;
const wrongHash = /DO NOT MATCH THE HASHES|EINTEGRITY|sha512.*integrity checksum failed/i;
const noCertificate = /CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET)|unable to get local issuer/i;
const noFile = /No matching distribution found|ETARGET|E404|404 Not Found/i;

/**
 * Reads the output of a failed command for its cause. Order matters: pip ends a failed download with "No matching
 * distribution", so the network and disk come first.
 * @returns {{ kind: string, reason: string, next: string } | null} null where the output fits no known cause
 */
export function knownCause(output) {
  const again = 'then start again: what is finished stays';
  if (noSpace.test(output)) {
    return {
      kind: 'disk',
      reason: 'the disk is full',
      next: `free some space (a CPU set-up takes about 2 GB), ${again}`,
    };
  }
  if (noCertificate.test(output)) {
    return {
      kind: 'certificate',
      reason: 'the certificate of the package registry, or of a proxy before it, is not trusted',
      next: `set NODE_EXTRA_CA_CERTS and PIP_CERT to your organisation's certificate, ${again}`,
    };
  }
  if (noNetwork.test(output)) {
    return {
      kind: 'network',
      reason: 'the package registry cannot be reached; the first start needs the network, later ones do not',
      next: `check the connection, and a proxy or mirror in the settings of npm and pip, ${again}`,
    };
  }
  if (wrongHash.test(output)) {
    return {
      kind: 'hash',
      reason: 'a downloaded file is not the one that the lock file names',
      next: `clear the caches (npm cache clean --force; pip cache purge), ${again}`,
    };
  }
  if (noWrite.test(output)) {
    return {
      kind: 'permission',
      reason: 'a file or folder cannot be written',
      next: `check who owns the project's folder, ${again}`,
    };
  }
  if (noFile.test(output)) {
    return {
      kind: 'release',
      reason: 'the registry has no file of a locked release for this platform or Python version',
      next: 'see the output; Python 3.10 to 3.13 on Linux (x86-64, Arm) and macOS are supported',
    };
  }
  return null;
}
