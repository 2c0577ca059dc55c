/** The steps that follow from one verdict: the game's own while the policy thought, the answer, what it goes on to. */
import type { EnvSpec } from '../../core/index.js';
import type { Game } from '../game/game.js';
import { playOf } from '../play-settings/play-settings.js';
import { type Clock, stepsWaited, thoughtOf } from './clock.js';
import { type Decision, unasked, type Verdict } from './decide.js';

/** A step to take, and the milliseconds that the policy took for it. */
export interface ComingStep {
  readonly decision: Decision;
  readonly policyMs: number;
}

/** In the order in which they are taken; at least the answered one. */
export function comingSteps(
  { decision, planned, tookMs }: Extract<Verdict, { kind: 'decided' }>,
  measuredMs: number,
  game: Game,
  spec: EnvSpec,
  clock: Clock,
): ComingStep[] {
  const policyMs = tookMs ?? measuredMs;
  const waiting = stepsWaited(thoughtOf(decision, policyMs), clock, spec);
  const { hold } = playOf(game);
  return [
    ...Array.from({ length: waiting }, () => step(unasked('waiting', game.noop ?? 0))),
    { decision, policyMs },
    ...planned.map((action) => step(unasked('planned', action))),
    ...Array.from({ length: hold - 1 }, () => step(unasked('held', decision.executed))),
  ];
}

function step(decision: Decision): ComingStep {
  return { decision, policyMs: 0 };
}
