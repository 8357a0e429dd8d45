/** Holds long work between its steps; it goes on later as if nothing had been. Aborting works while it is held, too. */
export interface Pace {
  readonly isHeld: boolean;
  /** Called after each change; returns unsubscribe. */
  onChange(listener: () => void): () => void;
}
