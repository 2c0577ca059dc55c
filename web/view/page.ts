/** A page that stands in the place of the one before it. */
export interface Page {
  readonly title: string;
  readonly element: HTMLElement;
  /** Ends what it had begun. */
  close(): void;
}
