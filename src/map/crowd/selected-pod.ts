import type { NodeCell } from "../../session/crowd.ts";
import { useUi } from "../../store/ui.ts";
import { placeOfPod } from "./painted-pods.ts";

/** Where the selected pod stands on its card: it is asked for, and painted when the answer is there. */
export class SelectedPod {
  readonly #onFound: () => void;
  #cell: NodeCell | undefined;
  #key = "";
  #place = -1;

  constructor(onFound: () => void) {
    this.#onFound = onFound;
  }

  /** Undefined while nobody knows. */
  placeOn(cell: NodeCell): number | undefined {
    const { selection } = useUi.getState();
    if (selection?.kind !== "Pod") return undefined;
    const { key } = selection;
    if (this.#cell !== cell || this.#key !== key) {
      if (this.#key !== key) this.#place = -1;
      this.#cell = cell;
      this.#key = key;
      void placeOfPod(cell, key).then((place) => {
        if (this.#cell !== cell || this.#key !== key || this.#place === place) return;
        this.#place = place;
        this.#onFound();
      });
    }
    return this.#place < 0 ? undefined : this.#place;
  }
}
