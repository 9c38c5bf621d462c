import { isObject, type JsonObject } from "../base/json.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { accepted } from "./command.ts";
import { identityOf, pathOf, type RestMapping, urlPart } from "./mapping.ts";
import { ResourceTypes } from "./resource-types.ts";
import type { Transport } from "./transport.ts";

/** What most commands are told about the objects they are for. */
export interface TargetOptions {
  /** As on the command line: `["pod", "a", "b"]`, `["deploy/web", "svc/web"]`, or `["deploy,svc"]` with a selector. */
  readonly resources: readonly string[];
  /** `default` when absent. */
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
  /** Label selector (`-l`). */
  readonly selector?: string;
  readonly fieldSelector?: string;
  readonly all?: boolean;
}

/** One object that a command is for; `object` where it came from a list. */
export interface Target {
  readonly mapping: RestMapping;
  /** Empty for a cluster-scoped kind. */
  readonly namespace: string;
  readonly name: string;
  readonly object?: JsonObject;
}

const NO_RESOURCES = `error: You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;
const MIXED =
  "error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'";

/**
 * The objects that a command line names. Those given by name are not looked up: the command will meet them or not.
 * Models k8s.io/cli-runtime pkg/resource Builder.
 */
export async function targetsOf(transport: Transport, options: TargetOptions): Promise<Result<Target[], string>> {
  const { resources, selector = "", fieldSelector = "", all = false } = options;
  const [first, ...rest] = resources;
  if (first === undefined) return fail(NO_RESOURCES);
  const types = new ResourceTypes(transport);
  const selects = selector !== "" || fieldSelector !== "" || all;
  if (resources.some((each) => each.includes("/"))) {
    if (selects) return fail("error: name cannot be provided when a selector is specified");
    return namedByPath(types, resources, options);
  }
  const mappings = await mappingsOf(types, first.split(","));
  if (!mappings.ok) return mappings;
  if (rest.length > 0) {
    if (selects) return fail("error: name cannot be provided when a selector is specified");
    return ok(mappings.value.flatMap((mapping) => rest.map((name) => targetOf(mapping, options, name))));
  }
  if (!selects) return fail("error: resource(s) were provided, but no name was specified");
  return listed(transport, mappings.value, options);
}

async function namedByPath(types: ResourceTypes, resources: readonly string[], options: TargetOptions) {
  const targets: Target[] = [];
  for (const resource of resources) {
    const [type = "", name = "", ...more] = resource.split("/");
    if (more.length > 0 || !resource.includes("/")) return fail(MIXED);
    if (type === "" || name === "") {
      return fail(
        "error: arguments in resource/name form may not have more than one slash or an empty resource or name",
      );
    }
    const mappings = await mappingsOf(types, [type]);
    if (!mappings.ok) return mappings;
    targets.push(...mappings.value.map((mapping) => targetOf(mapping, options, name)));
  }
  return ok(targets);
}

async function mappingsOf(types: ResourceTypes, names: readonly string[]): Promise<Result<RestMapping[], string>> {
  const mappings: RestMapping[] = [];
  for (const name of names) {
    const mapping = await types.find(name);
    if (mapping === undefined) return fail(`error: the server doesn't have a resource type ${JSON.stringify(name)}`);
    mappings.push(mapping);
  }
  return ok(mappings);
}

function targetOf(mapping: RestMapping, { namespace }: TargetOptions, name: string): Target {
  return { mapping, namespace: mapping.namespaced ? namespace || "default" : "", name };
}

async function listed(transport: Transport, mappings: readonly RestMapping[], options: TargetOptions) {
  const targets: Target[] = [];
  for (const mapping of mappings) {
    const path = collectionPath(mapping, options);
    const response = accepted(await transport({ method: "GET", path }));
    if (!response.ok) return response;
    const { items } = response.value.body;
    for (const object of Array.isArray(items) ? items.filter(isObject) : []) {
      targets.push({ mapping, ...identityOf(object), object });
    }
  }
  return ok(targets);
}

function collectionPath(mapping: RestMapping, options: TargetOptions): string {
  const everywhere = { ...mapping, namespaced: mapping.namespaced && !options.allNamespaces };
  const query = [
    options.selector ? `labelSelector=${urlPart(options.selector)}` : "",
    options.fieldSelector ? `fieldSelector=${urlPart(options.fieldSelector)}` : "",
  ].filter((each) => each !== "");
  return `${pathOf(everywhere, options.namespace || "default", "")}${query.length > 0 ? `?${query.join("&")}` : ""}`;
}
