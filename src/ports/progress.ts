/** Progress of long work, for a bar and a screen reader. */
export interface Progress {
  /** What is being done, in a few words for a person. */
  readonly step: string;
  readonly done: number;
  /** 0 when unknown. */
  readonly total: number;
}
export type OnProgress = (progress: Progress) => void;
