import type { Kind } from "../../../simulator/api/kind.ts";
import { versionsOf } from "../../../simulator/api/versions.ts";
import type { ApiRequest } from "../../../simulator/index.ts";
import { kinds } from "../../../simulator/resources/registry.ts";
import { bodyOf } from "./bodies.ts";
import { type Chance, chanceOf } from "./chance.ts";

/** Time itself, and faults, would end the run rather than the server. */
const served = kinds.all.flatMap(versionsOf).filter(({ ref }) => !ref.group.endsWith("tabernetes.dev"));

const DOCUMENTS = ["/", "/api", "/apis", "/apis/apps", "/version", "/healthz", "/livez", "/openapi/v3", "/metrics", ""];

const UNKNOWN = ["/apis/none.example.com/v1/x", "/apis/apps/v9/deployments", "/api/v1/__proto__", "x", "//api//v1"];

const NAMES = [
  "a",
  "a",
  "b",
  "node-1",
  "default",
  "kubernetes",
  "kube-root-ca.crt",
  "A B",
  "..",
  "%2e%2e",
  "%",
  "%zz",
  "%00",
  "a".repeat(300),
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "🦆",
  "a/b/c/d",
  "",
];

const SUBRESOURCES = [
  "status",
  "scale",
  "log",
  "exec",
  "eviction",
  "binding",
  "token",
  "resize",
  "ephemeralcontainers",
  "finalize",
  "proxy/x",
  "approval",
  "attach",
  "portforward",
  "__proto__",
  "nope",
];

const CONTENT_TYPES = [
  "application/json",
  "application/json",
  "application/json",
  "application/yaml",
  "application/merge-patch+json",
  "application/merge-patch+json",
  "application/json-patch+json",
  "application/strategic-merge-patch+json",
  "application/strategic-merge-patch+json",
  "application/apply-patch+yaml",
  "application/apply-patch+yaml",
  "application/vnd.kubernetes.protobuf",
  "text/plain",
  "application/json; charset=\u0000",
  "",
];

const PATCHES = CONTENT_TYPES.filter((type) => type.includes("patch"));

const ACCEPTS = [
  "application/json",
  "*/*",
  "application/json;as=Table;v=v1;g=meta.k8s.io",
  "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
  "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json",
  "application/json;as=__proto__;v=v9",
  "image/png",
  ";;;,,,",
];

const QUERY: readonly (readonly [string, readonly string[]])[] = [
  ["labelSelector", ["a=b", "a in (b,c),d", "!x", "a in (", "=", "a=b=c", ",", "a notin ()", "é=1", "a>1", "a<x"]],
  ["fieldSelector", ["metadata.name=a", "spec.nodeName!=x", "a==b", "metadata.name=\\", "__proto__=x", "status.phase"]],
  ["limit", ["1", "0", "-1", "x", "99999999999999999999", "1e3", ""]],
  ["continue", ["x", "e30", "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTEsInN0YXJ0IjoiYSJ9", "%00", ""]],
  ["resourceVersion", ["0", "1", "-1", "x", "999999999", "184467440737095516160", ""]],
  ["resourceVersionMatch", ["Exact", "NotOlderThan", "x"]],
  ["sendInitialEvents", ["true", "false", "x"]],
  ["timeoutSeconds", ["1", "-1", "x", ""]],
  ["timeout", ["1s", "x", "-5m", ""]],
  ["dryRun", ["All", "x", "All&dryRun=All"]],
  ["fieldManager", ["m", "x".repeat(200), "\u0001", ""]],
  ["fieldValidation", ["Strict", "Warn", "Ignore", "x"]],
  ["force", ["true", "false", "x"]],
  ["propagationPolicy", ["Orphan", "Background", "Foreground", "x"]],
  ["gracePeriodSeconds", ["0", "30", "-1", "x", "9999999999999999999"]],
  ["pretty", ["true"]],
  ["includeObject", ["None", "Object", "x"]],
  ["container", ["main", "nope", "__proto__"]],
  ["tailLines", ["1", "-1", "x"]],
  ["sinceTime", ["2026-01-01T00:00:00Z", "x"]],
  ["__proto__", ["x"]],
  ["%", ["%"]],
];

const METHODS = ["GET", "GET", "POST", "POST", "POST", "PUT", "PUT", "PATCH", "PATCH", "PATCH", "DELETE"] as const;

/** A stream of requests as nobody in their right mind sends them; the same ones for the same seed. */
export class Hostile {
  readonly #chance: Chance;

  constructor(seed: number) {
    this.#chance = chanceOf(seed);
  }

  next(): ApiRequest {
    const { pick, percent } = this.#chance;
    const method = pick(METHODS);
    const kind = percent(97) ? this.#kind() : undefined;
    const path = kind === undefined ? pick([...DOCUMENTS, ...UNKNOWN]) : this.#path(method, kind);
    const contentType = percent(85) ? usual(method, this.#chance) : pick(CONTENT_TYPES);
    return {
      method,
      path: percent(40) ? `${path}?${this.#query()}` : path,
      ...(percent(30) && { accept: pick(ACCEPTS) }),
      ...(percent(97) && { contentType }),
      ...(percent(10) && { userAgent: pick(["", "x".repeat(500), "kubectl/v1", "\u0000"]) }),
      ...(percent(4) && { user: pick(["jane", "system:anonymous", "system:node:node-1", "__proto__"]) }),
      ...(percent(2) && { token: pick(["x", "a.b.c", "", "e30.e30.e30"]) }),
      ...(percent(3) && { impersonate: { user: pick(["jane", "system:serviceaccount:default:default", ""]) } }),
      ...(method !== "GET" && percent(97) && { body: bodyOf(this.#chance, method, contentType, kind) }),
    };
  }

  /** Pods and workloads come more often than the rest. */
  #kind(): Kind {
    const { pick, percent } = this.#chance;
    const common = ["Pod", "Deployment", "Service", "Job", "StatefulSet", "CustomResourceDefinition", "Namespace"];
    return percent(35) ? pick(served.filter(({ ref }) => common.includes(ref.kind))) : pick(served);
  }

  #path(method: string, { ref, namespaced }: Kind): string {
    const { pick, percent } = this.#chance;
    const root = ref.group === "" ? `/api/${ref.version}` : `/apis/${ref.group}/${ref.version}`;
    const namespace = percent(94) ? "default" : encodeURIComponent(wellFormed(pick(NAMES)));
    let path = `${root}${namespaced && percent(97) ? `/namespaces/${namespace}` : ""}/${ref.plural}`;
    // Creates go to the collection mostly, the rest to something that may be there.
    if (percent(method === "POST" ? 12 : 85)) path += `/${percent(70) ? pick(["a", "b"]) : pick(NAMES)}`;
    if (percent(12)) path += `/${pick(SUBRESOURCES)}`;
    if (percent(1)) path += pick(["/", "//", "?", "#", "\u0000", "/../..", ";x=1"]);
    return path;
  }

  #query(): string {
    const { pick, percent } = this.#chance;
    const parts: string[] = [];
    do {
      const [name, values] = pick(QUERY);
      const value = pick(values);
      parts.push(`${name}=${percent(80) ? encodeURIComponent(wellFormed(value)) : value}`);
    } while (percent(40));
    return parts.join("&");
  }
}

function usual(method: string, { pick }: Chance): string {
  return method === "PATCH" ? pick(PATCHES) : "application/json";
}

function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}
