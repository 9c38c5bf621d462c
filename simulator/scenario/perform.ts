import { isObject, type JsonObject } from "../base/json.ts";
import { applyText } from "../kubectl/apply-text.ts";
import { type CommandResult, kubectl, type Wait } from "../kubectl/embedded.ts";
import { identityOf, pathOf, RestMapper, type RestMapping, urlPart } from "../kubectl/mapping.ts";
import { failureOf, serverError, type Transport } from "../kubectl/transport.ts";
import { Output } from "./output.ts";
import type { Action, NodeChoice, Query, Scenario } from "./schema.ts";

const SIMULATION = "/apis/simulation.tabernetes.dev/v1alpha1";

type ActionOf<Kind extends Action["kind"]> = Extract<Action, { readonly kind: Kind }>;

/** Does an action of a scenario as a client of the API; says what kubectl would. `wait` is for a drain. */
export async function perform(
  transport: Transport,
  scenario: Pick<Scenario, "manifests">,
  action: Action,
  wait: Wait,
): Promise<CommandResult> {
  switch (action.kind) {
    case "apply":
      return applyManifest(transport, scenario.manifests[action.manifest] ?? "", action.namespace);
    case "delete":
      return deleteFound(transport, action);
    case "scale": {
      const { object, replicas } = action;
      const mapping = await mappingOf(transport, object);
      const target = `${typeName(mapping, object)}/${object.name}`;
      return kubectl(transport, ["scale", target, `--replicas=${replicas}`, ...inNamespace(object.namespace)]);
    }
    case "clock":
      return setSpeed(transport, action.speed);
    default:
      return toNode(transport, action, wait);
  }
}

async function applyManifest(transport: Transport, text: string, namespace: string | undefined) {
  const output = new Output();
  const { results } = await applyText(transport, text, namespace === undefined ? {} : { namespace });
  for (const { ok, message, warnings } of results) {
    for (const warning of warnings) output.error(warning);
    if (ok) output.out(message);
    else output.error(message);
  }
  return output.done(results.every(({ ok }) => ok) ? 0 : 1);
}

async function deleteFound(transport: Transport, { object: query, pick }: ActionOf<"delete">): Promise<CommandResult> {
  const mapping = await mappingOf(transport, query);
  const found = await objectsOf(transport, query);
  const chosen = pick === "all" ? found : found.slice(0, 1);
  const output = new Output();
  for (const object of chosen) {
    const { name, namespace } = identityOf(object);
    const target = `${typeName(mapping, query)}/${name}`;
    const done = await kubectl(transport, ["delete", target, "--wait=false", ...inNamespace(namespace)]);
    for (const line of done.stdout) output.out(line);
    for (const line of done.stderr) output.error(line);
    if (done.exit !== 0) return output.done(done.exit);
  }
  return chosen.length === 0 ? output.fail(`There is no ${nameOf(query)} to delete.`) : output.done();
}

async function setSpeed(transport: Transport, speed: number): Promise<CommandResult> {
  const output = new Output();
  const response = await transport({
    method: "PATCH",
    path: `${SIMULATION}/clocks/cluster`,
    contentType: "application/merge-patch+json",
    body: { spec: { speed, paused: false } },
  });
  if (failureOf(response) !== undefined) return output.fail(serverError(response));
  output.out("clock.simulation.tabernetes.dev/cluster patched");
  return output.done();
}

async function toNode(
  transport: Transport,
  action: ActionOf<"cordon" | "uncordon" | "drain" | "fault">,
  wait: Wait,
): Promise<CommandResult> {
  const node = await nodeOf(transport, action.node);
  if (node === undefined)
    return new Output().fail("There is no node to choose: none of the pods asked for is on a node.");
  switch (action.kind) {
    case "cordon":
      return kubectl(transport, ["cordon", node]);
    case "uncordon":
      return kubectl(transport, ["uncordon", node]);
    case "drain":
      return kubectl(transport, ["drain", node, "--ignore-daemonsets", "--delete-emptydir-data"], { wait });
    default:
      return makeFault(transport, node, action);
  }
}

async function makeFault(
  transport: Transport,
  node: string,
  { type, duration }: ActionOf<"fault">,
): Promise<CommandResult> {
  const output = new Output();
  const response = await transport({
    method: "POST",
    path: `${SIMULATION}/faults`,
    body: {
      apiVersion: "simulation.tabernetes.dev/v1alpha1",
      kind: "Fault",
      metadata: { generateName: `${type.toLowerCase()}-${node}-`.slice(0, 50) },
      spec: { type, target: { kind: "Node", name: node }, ...(duration !== undefined && { duration }) },
    },
  });
  if (failureOf(response) !== undefined) return output.fail(serverError(response));
  output.out(`fault.simulation.tabernetes.dev/${identityOf(response.body).name} created`);
  return output.done();
}

async function nodeOf(transport: Transport, choice: NodeChoice): Promise<string | undefined> {
  if ("name" in choice) return choice.name;
  for (const pod of await objectsOf(transport, choice.ofPod)) {
    const node = isObject(pod.spec) ? pod.spec.nodeName : undefined;
    if (typeof node === "string") return node;
  }
  return undefined;
}

/** What a query finds and is not being deleted already, by name. */
async function objectsOf(transport: Transport, query: Query): Promise<readonly JsonObject[]> {
  const mapping = await mappingOf(transport, query);
  if (mapping === undefined) return [];
  const inNamespace = mapping.namespaced && query.namespace !== undefined;
  const path = pathOf({ ...mapping, namespaced: inNamespace }, query.namespace ?? "", "");
  const selector = query.selector === undefined ? "" : `?labelSelector=${urlPart(query.selector)}`;
  const { body } = await transport({ method: "GET", path: `${path}${selector}` });
  const items = Array.isArray(body.items) ? body.items.filter(isObject) : [];
  return items.filter((item) => {
    const deleted = isObject(item.metadata) && item.metadata.deletionTimestamp !== undefined;
    return !deleted && (query.name === undefined || identityOf(item).name === query.name);
  });
}

function mappingOf(transport: Transport, { apiVersion, kind }: Query): Promise<RestMapping | undefined> {
  return new RestMapper(transport).mappingFor(apiVersion, kind);
}

/** How a command line names the type: `pods`, `faults.simulation.tabernetes.dev`. */
function typeName(mapping: RestMapping | undefined, { kind }: Query): string {
  if (mapping === undefined) return kind;
  return mapping.group === "" ? mapping.plural : `${mapping.plural}.${mapping.group}`;
}

function inNamespace(namespace: string | undefined): readonly string[] {
  return namespace === undefined || namespace === "" ? [] : ["-n", namespace];
}

function nameOf({ kind, name, selector }: Query): string {
  return `${kind}${name ? ` ${name}` : selector ? ` with ${selector}` : ""}`;
}
