/** Where the page has its episodes from: the server that gave it, or the scripts of an export beside it. */
import type {
  Answered,
  DecisionDetail,
  EpisodeFacts,
  ListPage,
  Progress,
  Question,
  SeatState,
  SeatWord,
  Series,
} from '../../src/view/protocol.js';

/** What the list is asked for; as in the address. */
export interface ListQuestion {
  readonly words: string;
  readonly evaluation: string;
  readonly sort: string;
  readonly from: number;
}

/** Ends what was begun. */
export type Stop = () => void;

export interface Source {
  list(question: ListQuestion): Promise<ListPage>;
  facts(id: string): Promise<EpisodeFacts>;
  series(id: string, from: number): Promise<Series>;
  /**
   * The `PART` decisions from `part * PART` on, as far as they are there.
   * @param known so many of them are known already, and left out: a game that is followed grows by one after another
   */
  decisions(id: string, part: number, known: number): Promise<readonly DecisionDetail[]>;
  /** Blocks of these decisions, as src/view/picture-blocks.ts has them. */
  pictures(id: string, part: number, known: number): Promise<Uint8Array>;
  /** Tells how far an episode is, until the end or until it is stopped. */
  follow(id: string, told: (progress: Progress) => void): Stop;
  /** What only a server can. */
  readonly server: Server | null;
}

export interface Server {
  ask(id: string, step: number, question: Question): Promise<Answered>;
  /** The newest game that is being played; null where none is. */
  live(): Promise<string | null>;
  /** The newest picture that a game has left while it is played. */
  livePicture(id: string): Promise<Blob>;
  /** @param refused called where nobody plays at this server */
  sit(told: (state: SeatState) => void, refused: () => void): Stop;
  say(word: SeatWord): Promise<void>;
}

/** Decisions that are fetched together; a divisor of what an export has in a script. */
export const PART = 16;
