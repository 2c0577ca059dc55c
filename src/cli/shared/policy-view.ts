/** `--view`: what the policy itself is given, beside what a person sees. */
import { AgentError } from '../../core/index.js';

/** Help of `--view`, the same wherever there is one. */
export const VIEW_HELP = 'show the pictures that the policy itself is given beside the game';

/** Throws `usage` where `--view` has no captioned picture to stand beside; `makers` are the options that make one. */
export function checkView(
  { view, overlay }: { readonly view?: boolean; readonly overlay: boolean },
  hasPicture: boolean,
  makers: string,
): void {
  if (!view || (overlay && hasPicture)) return;
  throw new AgentError('usage', '--view stands beside the picture and its text', {
    expected: hasPicture ? '--view or --no-overlay, not both' : `--view together with ${makers}`,
    got: hasPicture ? 'both' : '--view alone',
    next: hasPicture ? 'leave one of them out' : `add ${makers}`,
  });
}
