// The only door for everything outside simulator/.
export type { ApiRequest, ApiResponse } from "./api/http.ts";
export type { KubeObject } from "./api/object.ts";
export type { ClockObject, Fault } from "./api/refs.ts";
export type {
  Container,
  ContainerStatus,
  Deployment,
  EndpointSlice,
  Event,
  Lease,
  Node,
  NodeCondition,
  ObjectMeta,
  Pod,
  ReplicaSet,
  Service,
  Taint,
} from "./api/schema/generated/types.ts";
export type { Change } from "./api/store.ts";
export { BrokenInvariant } from "./base/assert.ts";
export type { JsonObject, JsonValue } from "./base/json.ts";
export type { ClusterOptions } from "./cluster-options.ts";
export type { ComponentState } from "./controller-runtime/host.ts";
export {
  type ApplyDocument,
  type ApplyOptions,
  type ApplyProblem,
  type ApplyResult,
  apply as kubectlApply,
} from "./kubectl/commands/apply.ts";
export { machineDescriptions } from "./machines.ts";
export { Simulation, type Snapshot } from "./simulation.ts";
