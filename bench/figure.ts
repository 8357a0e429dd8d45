/** One measured figure: a line of `npm run bench`. */
export interface Figure {
  /** `group.what`, for example `core.transition`. */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** value divided by the same figure of `against`, measured in the same run. */
  readonly ratio?: number;
  readonly against?: string;
}

export type Emit = (figure: Figure) => void;
