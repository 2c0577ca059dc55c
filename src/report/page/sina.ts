/**
 * Where dots with the same or nearly the same value stand beside each other: spread in proportion to how many there
 * are, evenly and not at random, so that the same report looks the same twice (a sina plot: Sidiropoulos et al. 2018).
 */

const BINS = 48;

/** An offset from −1 to 1 for each place (0 to 1 along the axis), in order. */
export function sinaOffsets(places: readonly number[]): number[] {
  const binOf = (place: number): number => Math.min(BINS - 1, Math.floor(place * BINS));
  const counts = new Array<number>(BINS).fill(0);
  for (const place of places) counts[binOf(place)] = (counts[binOf(place)] as number) + 1;
  const most = Math.max(1, ...counts);
  const used = new Array<number>(BINS).fill(0);
  return places.map((place) => {
    const bin = binOf(place);
    const count = counts[bin] as number;
    const turn = used[bin] as number;
    used[bin] = turn + 1;
    // A few dots need no more room than a few dots take, however empty the rest is.
    const width = Math.min(1, count / Math.max(most, 8));
    return count === 1 ? 0 : (2 * vanDerCorput(turn) - 1) * width;
  });
}

/** The sequence ½, ¼, ¾, ⅛, … that fills an interval evenly at any length. */
function vanDerCorput(index: number): number {
  let [result, digit, rest] = [0, 0.5, index + 1];
  while (rest > 0) {
    result += digit * (rest % 2);
    rest = Math.floor(rest / 2);
    digit /= 2;
  }
  return result;
}
