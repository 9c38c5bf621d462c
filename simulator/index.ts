// The only door for everything outside simulator/.
export type { ApiRequest, ApiResponse } from "./api/http.ts";
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
export type { JsonObject, JsonValue } from "./base/json.ts";
