import type { StoreState } from "./api/store.ts";
import type { JsonObject } from "./base/json.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import type { JournalState } from "./journal/journal.ts";
import type { ClockState } from "./time/clock.ts";
import type { RandomState } from "./time/random.ts";

/** Everything that a run is at one instant, as JSON. */
export interface Snapshot {
  readonly version: 2;
  readonly options: ClusterOptions;
  readonly clock: ClockState;
  readonly random: RandomState;
  readonly store: StoreState;
  readonly host: JsonObject;
  readonly machines: JsonObject;
  readonly network: JsonObject;
  readonly journal: JournalState;
  /** Open connections into containers. */
  readonly connections: JsonObject;
  readonly shells: JsonObject;
}
