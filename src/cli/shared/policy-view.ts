/** `--policy-view`: what the policy itself is given, beside what a person sees. */
import { AgentError } from '../../core/index.js';

/** Help of `--policy-view`, the same wherever there is one. */
export const VIEW_HELP = 'show the pictures that the policy itself is given beside the game';

/** Throws `usage` where `--policy-view` has no captioned picture to stand beside. @param makers what makes one */
export function checkPolicyView(
  { policyView, overlay }: { readonly policyView?: boolean; readonly overlay: boolean },
  hasPicture: boolean,
  makers: string,
): void {
  if (!policyView || (overlay && hasPicture)) return;
  throw new AgentError('usage', '--policy-view stands beside the picture and its text', {
    expected: hasPicture ? '--policy-view or --no-overlay, not both' : `--policy-view together with ${makers}`,
    got: hasPicture ? 'both' : '--policy-view alone',
    next: hasPicture ? 'leave one of them out' : `add ${makers}`,
  });
}
