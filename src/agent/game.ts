/** A game as data: what configs/games/*.yaml says, checked. */

export interface Game {
  readonly name: string;
}
