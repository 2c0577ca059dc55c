/**
 * Time that does not wait: while a policy thinks, the game goes on with its waiting action. A game on the paused clock
 * stands still instead.
 */
import { AgentError, type EnvSpec } from '../../core/index.js';
import type { Game } from '../game/game.js';
import type { Decision } from './decide.js';

/** Speed of the game against that of the world: 1 is real time, 0.5 half as fast; null the paused clock. */
export type Clock = number | null;

/** `paused`, `real` or `real:FACTOR`. Throws `usage` for anything else. */
export function parseClock(text: string): Clock {
  if (text === 'paused') return null;
  const [, factor = '1'] = /^real(?::(\d+(?:\.\d+)?))?$/.exec(text) ?? [undefined, ''];
  const clock = Number(factor);
  if (factor !== '' && clock > 0 && Number.isFinite(clock)) return clock;
  throw new AgentError('usage', 'this is no clock', {
    expected: 'paused, real, or real:FACTOR such as real:0.5 (half as fast)',
    got: text,
    where: '--clock',
  });
}

/** As `parseClock` reads it. */
export function clockInWords(clock: Clock): string {
  if (clock === null) return 'paused';
  return clock === 1 ? 'real' : `real:${clock}`;
}

/** Decisions a second of the game on its own clock. Throws `unsupported_env` where there is no such thing. */
export function requireClock(clock: Clock, game: Game, { framesPerSecond, frameSkip, id }: EnvSpec): void {
  if (clock === null) return;
  const missing =
    game.noop === null
      ? ['an action that does nothing (`noop`)', 'the game has none']
      : framesPerSecond === null
        ? ['frames a second', 'the emulator does not say them']
        : undefined;
  if (missing === undefined && frameSkip > 0) return;
  throw new AgentError('unsupported_env', 'this game cannot go on while a policy thinks', {
    expected: missing?.[0] ?? 'a frame skip',
    got: missing?.[1] ?? String(frameSkip),
    where: id,
    next: 'leave out --clock: the game then waits for each decision',
  });
}

/** Steps that a thought of so many milliseconds costs. */
export function stepsWaited(
  thoughtMs: number,
  clock: Clock,
  { framesPerSecond, frameSkip }: Pick<EnvSpec, 'framesPerSecond' | 'frameSkip'>,
): number {
  if (clock === null || framesPerSecond === null) return 0;
  return Math.floor((thoughtMs / 1000) * (framesPerSecond / frameSkip) * clock);
}

/** What the service behind an answer took, unused answers among them; else the whole time of the policy. */
export function thoughtOf({ rejected, service }: Pick<Decision, 'rejected' | 'service'>, policyMs: number): number {
  const services = [...rejected.map((answer) => answer.service), service].filter((one) => one !== undefined);
  return services.length === 0 ? policyMs : services.reduce((sum, { latencyMs }) => sum + latencyMs, 0);
}
