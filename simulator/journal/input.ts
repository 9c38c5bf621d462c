import type { ApiRequest } from "../api/http.ts";
import { SIMULATION_GROUP } from "../api/refs.ts";

/** Reads leave no trace in the journal, nor does passing time: the next input's position tells it. */
export function isInput({ method, path }: ApiRequest): boolean {
  // What is asked of a server in the cluster may leave its trace there.
  if (method === "GET") return /^\/api\/v1\/[^?]*\/proxy(\/|\?|$)/.test(path);
  return !path.startsWith(`/apis/${SIMULATION_GROUP}/v1alpha1/clocks/cluster/advance`);
}
