import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../simulator/base/json.ts";
import { referenceFolder } from "../../../reference.ts";
import { CRDS, type Reply, schemaOf, startCluster, widgets } from "../../api/custom/cluster.ts";

interface RecordedCase {
  readonly name: string;
  readonly crd?: string;
  readonly setup?: readonly RecordedRequest[];
  readonly request: RecordedRequest;
  readonly response: { readonly code: number; readonly body: JsonObject; readonly warnings?: readonly string[] };
}

interface RecordedRequest {
  readonly verb: string;
  readonly path: string;
  readonly query?: string;
  readonly body?: JsonObject;
}

const folder = referenceFolder();
const read = <T>(file: string): T => JSON.parse(readFileSync(join(folder ?? "", "errors", file), "utf8")) as T;

/** Causes have no order where upstream walks a map. */
function comparable({ body }: { readonly body: JsonObject }): unknown {
  const details = body.details as { readonly causes?: readonly object[] } | undefined;
  const causes = details?.causes?.map((cause) => JSON.stringify(cause)).sort();
  return { ...body, metadata: {}, details: details && { ...details, causes } };
}

describe.skipIf(folder === undefined)("recorded answers", () => {
  const cases =
    folder === undefined ? [] : [...read<RecordedCase[]>("crd.json"), ...read<RecordedCase[]>("customresource.json")];
  it.each(cases.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const { define, send, simulation } = startCluster();
    send("POST", "/api/v1/namespaces", { metadata: { name: "ref-errors" } });
    simulation.advanceTo(simulation.nowMs + 1000);
    const definitions = read<(JsonObject & { readonly metadata: { readonly name: string } })[]>("_crds.json");
    const definition = definitions.find(({ metadata }) => metadata.name === one.crd);
    if (definition !== undefined) define(definition);
    const play = ({ verb, path, query, body }: RecordedRequest): Reply =>
      send(verb, query === undefined ? path : `${path}?${query}`, body);
    for (const step of one.setup ?? []) play(step);
    const reply = play(one.request);
    expect(reply.code).toBe(one.response.code);
    expect(comparable(reply)).toEqual(comparable(one.response));
    expect(reply.warnings.map((text) => `299 - ${JSON.stringify(text)}`)).toEqual(one.response.warnings ?? []);
  });
});

describe("a definition", () => {
  const problems = (spec: JsonObject): string[] => {
    const reply = startCluster().send("POST", CRDS, widgets({ schema: schemaOf(spec) }));
    return (reply.body.details?.causes ?? []).map(({ field, message }: JsonObject) => `${field}: ${message}`);
  };
  const SPEC = "spec.validation.openAPIV3Schema.properties[spec]";

  it.each([
    [{ type: "array" }, `${SPEC}.items: Required value: must be specified`],
    [
      { type: "object", properties: { a: { type: "string" } }, anyOf: [{ properties: { b: {} } }] },
      `${SPEC}.properties[b]: Required value: because it is defined in ${SPEC}.anyOf[0].properties[b]`,
    ],
    [
      { type: "object", anyOf: [{ type: "object" }] },
      `${SPEC}.anyOf[0].type: Forbidden: must be empty to be structural`,
    ],
    [
      { type: "object", "x-kubernetes-list-type": "set" },
      `${SPEC}.type: Invalid value: "object": must be array if x-kubernetes-list-type is specified`,
    ],
    [
      {
        type: "array",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["id"],
        items: { type: "object", properties: { id: { type: "string" } } },
      },
      `${SPEC}.items.properties[id].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`,
    ],
    [
      { type: "object", properties: { a: { type: "integer", default: "x" } } },
      `${SPEC}.properties[a].default: Invalid value: "string":  in body must be of type integer: "string"`,
    ],
    [
      { type: "wrong" },
      `${SPEC}.type: Unsupported value: "wrong": supported values: "array", "boolean", "integer", "number", "object", "string"`,
    ],
    [
      { type: "string", pattern: "(" },
      `${SPEC}.pattern: Invalid value: "(": must be a valid regular expression, but isn't: error parsing regexp: invalid or unsupported Perl syntax: \`(\``,
    ],
  ] as const)("is refused: %j", (spec, problem) => {
    expect(problems(spec as unknown as JsonObject)).toContain(problem);
  });

  const rule = (text: string, more: JsonObject = {}): JsonObject => ({
    type: "object",
    properties: { a: { type: "integer" }, list: { type: "array", items: { type: "string" } } },
    "x-kubernetes-validations": [{ rule: text, ...more }],
  });

  it.each([
    [rule("self.b == 1"), "undefined field 'b'"],
    [rule("self.a"), "cel expression must evaluate to a bool"],
    [rule("self.a > 1", { messageExpression: "self.a" }), "messageExpression must evaluate to a string"],
    [rule("self.a > 1", { fieldPath: ".x" }), "must be a valid path"],
    [rule("self.a > 1", { optionalOldSelf: true }), "may not be set if oldSelf is not used in rule"],
    [
      {
        type: "array",
        items: {
          type: "array",
          items: { type: "string" },
          "x-kubernetes-validations": [{ rule: "self.all(s, s == 'x')" }],
        },
      },
      "estimated rule cost exceeds budget by factor of more than 100x",
    ],
    [
      {
        type: "array",
        items: { type: "integer", "x-kubernetes-validations": [{ rule: "self == oldSelf" }] },
      },
      "oldSelf cannot be used on the uncorrelatable portion of the schema",
    ],
  ] as const)("has its rules checked: %j", (spec, text) => {
    expect(problems(spec as unknown as JsonObject).join("\n")).toContain(text);
  });

  it("gets the names that nobody has, and those that become free", () => {
    const { define, send, simulation } = startCluster();
    const schema = schemaOf({ type: "object" });
    define(widgets({ schema }));
    const other = widgets({ schema }, { plural: "gadgets", kind: "Gadget", shortNames: ["wd"] });
    define({ ...other, metadata: { name: "gadgets.example.com" } });
    const status = () => send("GET", `${CRDS}/gadgets.example.com`).body.status;
    expect(status().conditions).toMatchObject([
      { type: "NamesAccepted", status: "False", reason: "ShortNamesConflict", message: '"wd" is already in use' },
      { type: "Established", status: "False", reason: "NotAccepted" },
    ]);
    send("DELETE", `${CRDS}/widgets.example.com`);
    simulation.advanceTo(simulation.nowMs + 10_000);
    expect(status().conditions).toMatchObject([{ status: "True" }, { status: "True", reason: "InitialNamesAccepted" }]);
  });

  it("may not change what stored objects hang on", () => {
    const { define, send } = startCluster();
    define(widgets({ schema: schemaOf({ type: "object" }) }));
    const merge = { contentType: "application/merge-patch+json" };
    const change = (spec: JsonObject) => send("PATCH", `${CRDS}/widgets.example.com`, { spec }, merge);
    expect(change({ scope: "Cluster" }).body.details.causes[0]).toMatchObject({ field: "spec.scope" });
    const schema = schemaOf({ type: "object" });
    const versions = [{ name: "v2", served: true, storage: true, schema }];
    expect(change({ versions }).body.message).toContain(
      "missing from spec.versions; v1 was previously a storage version",
    );
    const both = [...versions, { name: "v1", served: true, storage: false, schema }];
    expect(change({ versions: both }).body.status.storedVersions).toEqual(["v1", "v2"]);
    const conversion = { strategy: "Webhook", webhook: { conversionReviewVersions: ["v1"] } };
    expect(change({ conversion }).body.details.causes[0]).toMatchObject({
      field: "spec.conversion.webhookClientConfig",
      message: "Required value: required when strategy is set to Webhook",
    });
  });
});

describe("APIServices", () => {
  it("are there for what is served, and for definitions while they last", () => {
    const { define, send } = startCluster();
    const services = "/apis/apiregistration.k8s.io/v1/apiservices";
    define(widgets({ schema: schemaOf({ type: "object" }) }));
    expect(send("GET", `${services}/v1.example.com`).body).toMatchObject({
      metadata: { labels: { "kube-aggregator.kubernetes.io/automanaged": "true" } },
      spec: { group: "example.com", version: "v1", groupPriorityMinimum: 1000, versionPriority: 100 },
      status: { conditions: [{ type: "Available", status: "True", reason: "Local" }] },
    });
    const spec = { group: "g.io", version: "v1", groupPriorityMinimum: 1, versionPriority: 1 };
    const wrong = send("POST", services, { metadata: { name: "wrong" }, spec });
    expect(wrong.body.details.causes[0].field).toBe("metadata.name");
  });

  const names =
    folder === undefined
      ? []
      : (JSON.parse(readFileSync(join(folder, "api/system-objects.json"), "utf8")).apiservices as string[]);
  it.skipIf(folder === undefined)("are those that were recorded", () => {
    const { items } = startCluster().send("GET", "/apis/apiregistration.k8s.io/v1/apiservices").body;
    expect(items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toEqual(names);
  });
});
