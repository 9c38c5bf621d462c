import type { Simulation } from "../../simulator/index.ts";
import { differences, type Json } from "./masks.ts";
import type { Outcome } from "./outcome.ts";

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** Compares discovery, health checks and what is there right after start with api/*.json. */
export function playDocuments(cluster: Simulation, read: (file: string) => Json): Outcome[] {
  const answer = (path: string, accept?: string) => {
    const { body, text } = cluster.request({ method: "GET", path, ...(accept && { accept }) });
    return JSON.parse(JSON.stringify(text === undefined ? body : text));
  };
  return [
    ...discovery(read("api/resources.json"), answer),
    ...resourceLists(read("api/resourcelists.json"), answer),
    ...server(read("api/server.json"), answer),
    ...systemObjects(read("api/system-objects.json"), answer),
  ];
}

type Answer = (path: string, accept?: string) => unknown;
type List = readonly Json[];

function discovery(recorded: Json, answer: Answer): Outcome[] {
  const items = ["/api", "/apis"].flatMap((path) => (answer(path, AGGREGATED) as { items: List }).items);
  const order = items.map(({ metadata }) => (metadata as Json | undefined)?.name ?? "");
  const ours = order.filter((name) => !String(name).endsWith("tabernetes.dev"));
  const outcomes: Outcome[] = [{ name: "groups in order", found: differences(recorded.groupsInOrder, ours) }];
  for (const group of recorded.groups as List) {
    const item = items.find(({ metadata }) => ((metadata as Json | undefined)?.name ?? "") === group.group);
    for (const version of group.versions as List) {
      const served = (item?.versions as List | undefined)?.find((each) => each.version === version.version);
      for (const resource of version.resources as List) {
        const same = (served?.resources as List | undefined)?.find((each) => each.resource === resource.resource);
        const name = `${String(group.group) || "core"}/${String(version.version)} ${String(resource.resource)}`;
        outcomes.push({ name, found: differences(resource, same) });
      }
    }
  }
  return outcomes;
}

function resourceLists(recorded: Json, answer: Answer): Outcome[] {
  return Object.entries(recorded).map(([path, resources]) => {
    const list = (answer(path) as { resources?: unknown }).resources;
    return { name: path, found: differences(resources, list) };
  });
}

function server(recorded: Json, answer: Answer): Outcome[] {
  const checks = (path: string) =>
    [...String(answer(`${path}?verbose`)).matchAll(/^\[[+-]\](\S+)/gm)].map(([, name]) => name);
  const listed = Object.keys((answer("/openapi/v3") as { paths?: object }).paths ?? {});
  const paths = listed.filter((path) => !path.includes(".tabernetes.dev"));
  return [
    { name: "/version", found: differences(recorded.version, answer("/version")) },
    ...["healthz", "livez", "readyz"].map((name) => ({
      name: `/${name}`,
      found: differences(recorded[name], checks(`/${name}`)),
    })),
    { name: "/openapi/v3", found: differences([...(recorded.openapiV3Paths as string[])].sort(), paths.sort()) },
  ];
}

/** Where each kind of what is there from the start is listed. */
const SYSTEM: Readonly<Record<string, string>> = {
  namespaces: "/api/v1/namespaces",
  clusterroles: "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  clusterrolebindings: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
  roles: "/apis/rbac.authorization.k8s.io/v1/roles",
  rolebindings: "/apis/rbac.authorization.k8s.io/v1/rolebindings",
  priorityclasses: "/apis/scheduling.k8s.io/v1/priorityclasses",
  flowschemas: "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas",
  prioritylevelconfigurations: "/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations",
};

function systemObjects(recorded: Json, answer: Answer): Outcome[] {
  return Object.entries(SYSTEM).flatMap(([kind, path]) => {
    const items = ((answer(path) as { items?: List }).items ?? []) as List;
    const wanted = recorded[kind];
    const list = (Array.isArray(wanted) ? wanted : ((wanted as { items?: List })?.items ?? [])) as List;
    return list.map((object) => systemObject(kind, object, items));
  });
}

function systemObject(kind: string, object: Json, items: List): Outcome {
  const name = typeof object === "string" ? object : String((object.metadata as Json | undefined)?.name ?? object.name);
  const namespace = (object.metadata as Json | undefined)?.namespace ?? object.namespace;
  const same = items.find(({ metadata }) => {
    const ours = metadata as Json;
    return ours.name === name && (namespace === undefined || ours.namespace === namespace);
  });
  if (same === undefined) return { name: `${kind} ${name}`, found: ["is not there"] };
  if (typeof object === "string") return { name: `${kind} ${name}`, found: [] };
  // Who manages which field is not compared here: a real server bootstraps by its own client.
  const found = ["rules", "aggregationRule", "subjects", "roleRef", "spec", "value", "globalDefault", "description"]
    .filter((field) => field in object)
    .flatMap((field) => differences(object[field], same[field], field));
  return { name: `${kind} ${name}`, found };
}
