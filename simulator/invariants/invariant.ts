import type { Store } from "../api/store.ts";

/** Something that must hold at every instant, whatever was broken. */
export interface Invariant {
  readonly name: string;
  /** Texts of what is wrong: none while it holds. */
  check(store: Store): readonly string[];
}
