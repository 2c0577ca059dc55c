/** What is shown, as the part of the address behind `#`: it never leaves the browser, and opens the same view again. */

/** Episodes side by side go on together decision by decision, or by the seconds of their games. */
export type By = 'decision' | 'time';

export type Address =
  | {
      readonly kind: 'list';
      readonly words: string;
      readonly evaluation: string;
      readonly sort: string;
      readonly from: number;
    }
  | {
      readonly kind: 'episodes';
      readonly ids: readonly string[];
      readonly at: number | null;
      readonly by: By;
      readonly speed: number;
    }
  | { readonly kind: 'live' }
  | { readonly kind: 'play' };

/** Episodes side by side, at most. */
export const MOST_EPISODES = 4;

export function readAddress(hash: string): Address {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const parameters = new URLSearchParams(query);
  const [kind, ids = ''] = path.split('/');
  if (kind === 'live') return { kind };
  if (kind === 'play') return { kind };
  if (kind === 'episodes' && ids !== '') {
    const at = Number(parameters.get('at') ?? Number.NaN);
    const speed = Number(parameters.get('speed') ?? 1);
    return {
      kind,
      ids: ids
        .split(',')
        .filter((id) => /^[0-9a-f]+$/.test(id))
        .slice(0, MOST_EPISODES),
      at: Number.isFinite(at) && at >= 0 ? at : null,
      by: parameters.get('by') === 'time' ? 'time' : 'decision',
      speed: Number.isFinite(speed) && speed > 0 ? speed : 1,
    };
  }
  return {
    kind: 'list',
    words: parameters.get('words') ?? '',
    evaluation: parameters.get('evaluation') ?? '',
    sort: parameters.get('sort') ?? 'newest',
    from: Math.max(0, Math.floor(Number(parameters.get('from') ?? 0)) || 0),
  };
}

export function writeAddress(address: Address): string {
  if (address.kind === 'live' || address.kind === 'play') return `#/${address.kind}`;
  const parameters = new URLSearchParams();
  if (address.kind === 'episodes') {
    if (address.at !== null) parameters.set('at', String(address.at));
    if (address.by !== 'decision') parameters.set('by', address.by);
    if (address.speed !== 1) parameters.set('speed', String(address.speed));
  } else {
    const { words, evaluation, sort, from } = address;
    if (words !== '') parameters.set('words', words);
    if (evaluation !== '') parameters.set('evaluation', evaluation);
    if (sort !== 'newest') parameters.set('sort', sort);
    if (from > 0) parameters.set('from', String(from));
  }
  const query = parameters.size === 0 ? '' : `?${parameters}`;
  return address.kind === 'episodes' ? `#/episodes/${address.ids.join(',')}${query}` : `#/${query}`;
}
