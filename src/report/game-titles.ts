/** Titles that tell games apart which were played in several ways. */
import type { GameReport } from './report-data.js';

/** The games with titles of their own: the limit is added where two have the same one, then a number. */
export function withOwnTitles(games: readonly GameReport[]): GameReport[] {
  const isShared = ({ title }: GameReport, all: readonly GameReport[]): boolean =>
    all.filter((other) => other.title === title).length > 1;
  const limited = games.map((game) => (isShared(game, games) ? { ...game, title: limitedTitle(game) } : game));
  const seen = new Map<string, number>();
  return limited.map((game) => {
    const time = (seen.get(game.title) ?? 0) + 1;
    seen.set(game.title, time);
    return isShared(game, limited) ? { ...game, title: `${game.title} (${time})` } : game;
  });
}

function limitedTitle({ title, maxSteps }: GameReport): string {
  if (maxSteps === null) return `${title}, to the end`;
  return `${title}, ${maxSteps} ${maxSteps === 1 ? 'decision' : 'decisions'} at most`;
}
