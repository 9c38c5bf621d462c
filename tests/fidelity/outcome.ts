/** One recorded case, and what of ours differs from it. */
export interface Outcome {
  readonly name: string;
  readonly found: readonly string[];
}
