import type { ApiRequest, ApiResponse } from "../../../simulator/index.ts";
import { Simulation } from "../../../simulator/index.ts";
import { comparable, type Json, matches } from "../resources/cases.ts";

/** A request of a recording: by the administrator unless it says otherwise. */
export interface RecordedRequest {
  readonly verb: string;
  readonly path: string;
  readonly query?: string;
  readonly contentType?: string;
  readonly body?: Json;
  readonly asUser?: string;
  readonly asGroups?: readonly string[];
}

/** A cluster without workers, up, with the namespaces that recordings speak of. */
export function clusterFor(...namespaces: readonly string[]): Simulation {
  const simulation = Simulation.start({ workers: 0 });
  simulation.advanceTo(30_000);
  for (const name of namespaces) {
    must(send(simulation, { verb: "POST", path: "/api/v1/namespaces", body: { metadata: { name } } }));
  }
  // The controllers give each namespace its service account.
  if (namespaces.length > 0) simulation.advanceTo(simulation.nowMs + 5000);
  return simulation;
}

export function send(simulation: Simulation, request: RecordedRequest): ApiResponse {
  const { verb, path, query, contentType, body, asUser, asGroups } = request;
  return simulation.request({
    method: verb as ApiRequest["method"],
    path: query === undefined ? path : `${path}?${query}`,
    ...(contentType && { contentType }),
    ...(body && { body: body as NonNullable<ApiRequest["body"]> }),
    ...(asUser && { user: asUser }),
    ...(asGroups && { groups: asGroups }),
  });
}

export function must(response: ApiResponse): ApiResponse {
  if (response.code >= 300) throw new Error(String(response.body.message));
  return response;
}

/** Whether an answer is the recorded one, field managers aside. */
export function isRecorded(recorded: Json, actual: unknown): boolean {
  return matches(comparable(recorded), comparable(actual));
}
