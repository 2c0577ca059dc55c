/** The steps that follow from one verdict: the game's own while the policy thought, the answer, what it goes on to. */
import type { EnvSpec } from '../../core/index.js';
import type { Game } from '../game/game.js';
import { playOf } from '../play-settings/play-settings.js';
import type { Action } from '../policy.js';
import { type Clock, stepsWaited, thoughtOf } from './clock.js';
import type { Decision, Verdict } from './decide.js';
import type { Origin } from './episode.js';

/** A step to take, and the milliseconds that the policy took for it. */
export interface ComingStep {
  readonly decision: Decision;
  readonly policyMs: number;
}

/** In the order in which they are taken; at least the answered one. */
export function comingSteps(
  { decision, planned }: Extract<Verdict, { kind: 'decided' }>,
  policyMs: number,
  game: Game,
  spec: EnvSpec,
  clock: Clock,
): ComingStep[] {
  const waiting = stepsWaited(thoughtOf(decision, policyMs), clock, spec);
  const { hold } = playOf(game);
  return [
    ...Array.from({ length: waiting }, () => unasked('waiting', game.noop ?? 0)),
    { decision, policyMs },
    ...planned.map((action) => unasked('planned', action)),
    ...Array.from({ length: hold - 1 }, () => unasked('held', decision.executed)),
  ];
}

function unasked(origin: Origin, executed: Action): ComingStep {
  const nothing = { raw: null, parse: null, answered: null, fallback: null, attempts: 0, rejected: [] };
  return { decision: { ...nothing, executed, origin }, policyMs: 0 };
}
