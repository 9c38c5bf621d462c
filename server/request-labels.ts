/** What a request is about, in the words of the API server's metrics. */
export interface RequestLabels {
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly scope: string;
  readonly dry_run: string;
}

const VERBS: { readonly [method: string]: string } = { POST: "POST", PUT: "PUT", PATCH: "PATCH", DELETE: "DELETE" };
const STREAMS = new Set(["exec", "attach", "portforward", "proxy"]);
/** What follows a namespace's name and is not a resource within it. */
const OF_NAMESPACES = new Set(["status", "finalize"]);

// Models apiserver pkg/endpoints/metrics MonitorRequest and CleanScope
/** Labels of a request by its address. Names of things are no labels: there may be any number of them. */
export function labelsOf(method: string, url: string, contentType = ""): RequestLabels {
  const [path = "", query = ""] = url.split("?", 2);
  const parameters = new URLSearchParams(query);
  const dry_run = parameters.has("dryRun") ? "All" : "";
  const parts = path.split("/").filter((part) => part !== "");
  const [root, ...rest] = parts;
  const isResource = (root === "api" && rest.length > 1) || (root === "apis" && rest.length > 2);
  if (!isResource) {
    const subresource = KNOWN_PATHS.test(path) ? path : "";
    return { verb: VERBS[method] ?? "GET", group: "", version: "", resource: "", subresource, scope: "", dry_run };
  }
  const [group = "", version = "", ...tail] = root === "api" ? ["", ...rest] : rest;
  const inNamespace = tail[0] === "namespaces" && tail.length > 2 && !OF_NAMESPACES.has(tail[2] ?? "");
  const [resource = "", name = "", subresource = ""] = inNamespace ? tail.slice(2) : tail;
  const scope = name !== "" || method === "POST" ? "resource" : inNamespace ? "namespace" : "cluster";
  const watch = parameters.get("watch");
  const isWatch = watch !== null && watch !== "false" && watch !== "0";
  const read = name === "" ? (isWatch ? "WATCH" : "LIST") : "GET";
  const verb = method === "DELETE" && name === "" ? "DELETECOLLECTION" : (VERBS[method] ?? read);
  const isApply = verb === "PATCH" && contentType.startsWith("application/apply-patch");
  const labels = { group, version, resource: known(resource), subresource: known(subresource), scope, dry_run };
  return { ...labels, verb: STREAMS.has(subresource) ? "CONNECT" : isApply ? "APPLY" : verb };
}

const KNOWN_PATHS = /^\/(healthz|livez|readyz|version|metrics|metrics\/slis|openapi\/v[23]|api|apis)$/;

/** Only what looks like a resource: whoever sends nonsense must not fill the memory with labels. */
function known(text: string): string {
  return /^[a-z]{1,63}$/.test(text) ? text : "";
}
