import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type DecodeOptions, decodeObject, decodeValue } from "../../../../simulator/api/schema/decode.ts";
import { builtinSchema, schemaWith } from "../../../../simulator/api/schema/schema.ts";
import type { JsonObject, JsonValue } from "../../../../simulator/base/json.ts";
import { isObject } from "../../../../simulator/base/json.ts";
import { referenceFolder } from "../../../reference.ts";

function decode(kind: string, json: JsonObject, more: Partial<DecodeOptions> = {}) {
  return decodeObject(kind, json, { kind, version: "v1", fieldValidation: "Warn", ...more });
}

/** The object, or the error's part after the wrapper. */
function outcome(kind: string, json: JsonObject, more: Partial<DecodeOptions> = {}): JsonValue {
  const result = decode(kind, json, more);
  return result.ok
    ? result.value.object
    : result.error.replace(`${kind} in version "v1" cannot be handled as a ${kind}: `, "");
}

const pod = (spec: JsonObject): JsonObject => ({ apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec });
const container = (more: JsonObject): JsonObject => pod({ containers: [{ name: "main", ...more }] });

describe("what Go says of wrong types", () => {
  const into = "json: cannot unmarshal";
  const cases: readonly [string, JsonObject, string][] = [
    [
      "a string for a number",
      container({ ports: [{ containerPort: "eighty" }] }),
      `${into} string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32`,
    ],
    [
      "a fraction",
      pod({ containers: [], priority: 1.5 }),
      `${into} number 1.5 into Go struct field PodSpec.spec.priority of type int32`,
    ],
    [
      "a number out of range",
      pod({ containers: [], priority: 3e9 }),
      `${into} number 3000000000 into Go struct field PodSpec.spec.priority of type int32`,
    ],
    [
      "a string for a flag",
      pod({ hostNetwork: "yes" }),
      `${into} string into Go struct field PodSpec.spec.hostNetwork of type bool`,
    ],
    [
      "a number for a label",
      { metadata: { labels: { a: 1 } } },
      `${into} number into Go struct field ObjectMeta.metadata.labels of type string`,
    ],
    [
      "a number for a named string",
      pod({ restartPolicy: 3 }),
      `${into} number into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy`,
    ],
    [
      "an object for a list",
      pod({ containers: {} }),
      `${into} object into Go struct field PodSpec.spec.containers of type []v1.Container`,
    ],
    [
      "a string for a struct in a list",
      pod({ containers: ["x"] }),
      `${into} string into Go struct field PodSpec.spec.containers of type v1.Container`,
    ],
    [
      "a list for a map",
      pod({ nodeSelector: [] }),
      `${into} array into Go struct field PodSpec.spec.nodeSelector of type map[string]string`,
    ],
    ["a string for a struct", { spec: "x" }, `${into} string into Go struct field Pod.spec of type v1.PodSpec`],
    [
      "a struct in line",
      pod({ volumes: [{ name: "v", hostPath: 1 }] }),
      `${into} number into Go struct field Volume.spec.volumes.hostPath of type v1.HostPathVolumeSource`,
    ],
    [
      "a map with a name of its own",
      container({ resources: { limits: "x" } }),
      `${into} string into Go struct field ResourceRequirements.spec.containers.resources.limits of type v1.ResourceList`,
    ],
    [
      "a flag for a number or text",
      container({ livenessProbe: { httpGet: { port: true } } }),
      `${into} bool into Go struct field HTTPGetAction.spec.containers.livenessProbe.httpGet.port of type int32`,
    ],
    [
      "a number for a time",
      { metadata: { creationTimestamp: 5 } },
      `${into} number into Go struct field ObjectMeta.metadata.creationTimestamp of type string`,
    ],
    [
      "a bad time",
      { metadata: { creationTimestamp: "yesterday" } },
      'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    ],
    [
      "a bad quantity",
      container({ resources: { limits: { memory: "1.5.3Gi" } } }),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      "a quantity that is an object",
      container({ resources: { limits: { memory: {} } } }),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      "the first of two wrong types",
      pod({ containers: [{ name: 1 }], hostNetwork: "yes" }),
      `${into} number into Go struct field Container.spec.containers.name of type string`,
    ],
    [
      "a bad quantity after a wrong type",
      pod({ hostNetwork: "yes", overhead: { cpu: "x" } }),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
  ];

  test.each(cases)("%s", (_, json, error) => {
    expect(outcome("Pod", json)).toBe(error);
  });

  test("types of other versions and groups go by their Go names", () => {
    expect(outcome("V2HorizontalPodAutoscaler", { spec: { minReplicas: "1" } })).toBe(
      `${into} string into Go struct field HorizontalPodAutoscalerSpec.spec.minReplicas of type int32`,
    );
    expect(outcome("EventsV1Event", { series: { count: "1" } })).toBe(
      `${into} string into Go struct field EventSeries.series.count of type int32`,
    );
  });

  test("base64", () => {
    const secret = (value: JsonValue): JsonValue => outcome("Secret", { data: { a: value } });
    expect(secret("not base64!")).toBe("illegal base64 data at input byte 3");
    expect(secret("YWJj\nZGU=")).toEqual({ metadata: {}, data: { a: "YWJjZGU=" } });
    expect(secret("QR==")).toEqual({ metadata: {}, data: { a: "QQ==" } });
    expect(secret("QQ=")).toBe("illegal base64 data at input byte 3");
    expect(secret("QQ")).toBe("illegal base64 data at input byte 0");
    expect(secret("QQ==x")).toBe("illegal base64 data at input byte 4");
    expect(secret(null)).toEqual({ metadata: {}, data: { a: "" } });
  });
});

test("unknown and duplicate fields: refused, warned of, or dropped", () => {
  const json: JsonObject = {
    spec: { containers: [{ name: "main", imgae: "x" }], Colour: "red", nodeSelector: { any: "thing" } },
    extra: { spec: {} },
  };
  const strict = decode("Pod", json, { fieldValidation: "Strict", strictErrors: ['duplicate field "metadata.name"'] });
  const texts = [
    'duplicate field "metadata.name"',
    'unknown field "spec.containers[0].imgae"',
    'unknown field "spec.Colour"',
    'unknown field "extra"',
  ];
  expect(strict).toEqual({
    ok: false,
    error: `Pod in version "v1" cannot be handled as a Pod: strict decoding error: ${texts.join(", ")}`,
  });
  const warned = decode("Pod", json);
  expect(warned.ok && warned.value.warnings).toEqual(texts.slice(1));
  const ignored = decode("Pod", json, { fieldValidation: "Ignore" });
  expect(ignored.ok && ignored.value.warnings).toEqual([]);
  expect(ignored.ok && ignored.value.object.spec).toEqual({
    containers: [{ name: "main", resources: {} }],
    nodeSelector: { any: "thing" },
  });
});

test("no more than a hundred unknown fields are told", () => {
  const many = Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`x${at}`, 1]));
  const result = decode("Pod", many);
  expect(result.ok && result.value.warnings).toHaveLength(100);
});

test("values are stored as Go writes them again", () => {
  const decoded = outcome("Pod", {
    metadata: { labels: {}, name: "p", creationTimestamp: "2026-01-01T02:00:00.5+02:00" },
    kind: "Pod",
    apiVersion: "v1",
    spec: {
      hostNetwork: false,
      nodeSelector: { b: null, a: "1" },
      containers: [
        {
          name: "main",
          args: [],
          stdin: false,
          env: [{ name: "A", valueFrom: { resourceFieldRef: { resource: "limits.cpu" } } }],
          resources: { limits: { cpu: 0.5, memory: " 1024Mi " }, requests: null },
          securityContext: { privileged: false },
        },
        null,
      ],
      volumes: [{ name: "v", emptyDir: {} }],
    },
  });
  expect(decoded).toEqual({
    kind: "Pod",
    apiVersion: "v1",
    metadata: { name: "p", creationTimestamp: "2026-01-01T00:00:00Z" },
    spec: {
      volumes: [{ name: "v", emptyDir: {} }],
      containers: [
        {
          name: "main",
          env: [{ name: "A", valueFrom: { resourceFieldRef: { resource: "limits.cpu", divisor: "0" } } }],
          resources: { limits: { cpu: "500m", memory: "1Gi" } },
          securityContext: { privileged: false },
        },
        { name: "", resources: {} },
      ],
      nodeSelector: { a: "1", b: "" },
    },
    status: {},
  });
  expect(Object.keys(decoded as object)).toEqual(["kind", "apiVersion", "metadata", "spec", "status"]);
});

test("hostile keys stay keys", () => {
  const json = JSON.parse(
    '{"__proto__":{"x":1},"constructor":1,"data":{"__proto__":"a","toString":"b"}}',
  ) as JsonObject;
  const result = decode("ConfigMap", json);
  if (!result.ok) throw new Error(result.error);
  const data = result.value.object.data as JsonObject;
  expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
  expect(JSON.stringify(data)).toBe('{"__proto__":"a","toString":"b"}');
  expect(result.value.warnings).toEqual(['unknown field "__proto__"', 'unknown field "constructor"']);
});

test("a bottomless value is refused, not followed", () => {
  let deep: JsonValue = {};
  for (let at = 0; at < 100_000; at++) deep = { a: deep };
  expect(outcome("ControllerRevision", { data: deep, revision: 1 })).toBe("exceeded max depth");
  expect(decode("Pod", { nowhere: deep }).ok).toBe(true);
});

test("a kind of our own brings its tables", () => {
  const schema = schemaWith({
    Fault: { metadata: "ObjectMeta", spec: "FaultSpec" },
    FaultSpec: { type: "string!", count: "int32", labels: "{string}" },
  });
  const options = { fieldValidation: "Warn", schema } as const;
  expect(decodeValue("Fault", { metadata: { name: "f" }, spec: { type: "", labels: {}, no: 1 } }, options)).toEqual({
    ok: true,
    value: {
      object: { metadata: { name: "f" }, spec: { type: "", labels: {} } },
      warnings: ['unknown field "spec.no"'],
    },
  });
  expect(decodeValue("Fault", { spec: { count: "x" } }, options)).toEqual({
    ok: false,
    error: "json: cannot unmarshal string into Go struct field FaultSpec.spec.count of type int32",
  });
});

test("the schema knows how lists merge", () => {
  expect(builtinSchema.struct("PodSpec")?.fields.get("volumes")?.merge).toEqual({
    type: "map",
    keys: ["name"],
    strategy: "merge,retainKeys",
    mergeKey: "name",
  });
  expect(builtinSchema.struct("nothing")).toBeUndefined();
  expect(builtinSchema.struct("constructor")).toBeUndefined();
});

const folder = referenceFolder();
const read = (path: string): readonly RecordedCase[] => JSON.parse(readFileSync(join(folder ?? "", path), "utf8"));

interface RecordedCase {
  readonly name: string;
  readonly request: { readonly verb: string; readonly query?: string; readonly body?: JsonValue };
  readonly input?: JsonObject;
  readonly stored?: JsonObject;
  readonly response: { readonly body: { readonly message?: string } };
}

/** The name of a recorded object's type in the tables. */
function typeOf(object: JsonObject): string | undefined {
  const { apiVersion, kind } = object;
  if (apiVersion === "autoscaling/v2") return `V2${kind}`;
  if (apiVersion === "events.k8s.io/v1") return `EventsV1${kind}`;
  if (apiVersion === "resource.k8s.io/v1" && kind === "ResourceClaim") return `ResourceV1${kind}`;
  const isOther =
    typeof apiVersion !== "string" || !/(^|\/)v1$/.test(apiVersion) || apiVersion.includes(".example.com");
  return isOther ? undefined : String(kind);
}

describe.skipIf(!folder)("recorded refusals", () => {
  const files = folder ? readdirSync(join(folder, "errors")).filter((file) => file !== "_crds.json") : [];
  const cases = files
    .flatMap((file) => read(`errors/${file}`))
    .filter((one) => one.response.body?.message?.includes("cannot be handled as"))
    .filter(
      (one) =>
        isObject(one.request.body) && typeOf(one.request.body) && builtinSchema.struct(String(one.request.body.kind)),
    )
    .filter((one) => !one.response.body.message?.includes("no kind"));

  test.each(cases)("$name", ({ request, response }) => {
    const body = request.body as JsonObject;
    const isStrict = request.query?.includes("Strict") ?? false;
    const result = decode(String(body.kind), body, { fieldValidation: isStrict ? "Strict" : "Warn" });
    expect(result).toEqual({ ok: false, error: response.body.message });
  });
});

/** Paths of what `decoded` holds and `stored` does not, or holds otherwise. Stored objects have more: defaults. */
function lost(decoded: JsonValue | undefined, stored: JsonValue | undefined, path: string): string[] {
  if (isObject(decoded)) {
    if (!isObject(stored)) return [path];
    return Object.keys(decoded).flatMap((key) => lost(decoded[key], stored[key], `${path}.${key}`));
  }
  if (Array.isArray(decoded)) {
    if (!Array.isArray(stored) || stored.length < decoded.length) return [path];
    return decoded.flatMap((item, at) => lost(item, stored[at], `${path}[${at}]`));
  }
  // A zero value may have been defaulted.
  return decoded === stored || decoded === "" || decoded === 0
    ? []
    : [`${path}: ${JSON.stringify(decoded)} is stored as ${JSON.stringify(stored)}`];
}

/** What stands for masked values that are not plain text. */
const masks = new Map<unknown, JsonValue>([
  ["<TIME>", "2026-01-01T00:00:00Z"],
  ["<NODEPORT>", 30000],
]);

describe.skipIf(!folder)("recorded objects", () => {
  // Reviews are answered, not stored.
  const files = folder ? readdirSync(join(folder, "defaults")).filter((file) => file !== "review.json") : [];
  const cases = files
    .flatMap((file) => read(`defaults/${file}`))
    .filter((one) => one.input && one.stored && typeOf(one.stored) && builtinSchema.struct(typeOf(one.stored) ?? ""));

  test("decoding a stored object changes nothing but null", () => {
    for (const { name, stored } of cases) {
      const text = JSON.stringify(stored, (_, value) => masks.get(value) ?? value);
      const object = JSON.parse(text) as JsonObject;
      const type = typeOf(object) ?? "";
      const result = decodeValue(type, object, { fieldValidation: "Strict" });
      if (!result.ok) throw new Error(`${name}: ${result.error}`);
      const withoutNull = JSON.stringify(object, (_, value) => value ?? undefined);
      expect(JSON.stringify(result.value.object), name).toBe(withoutNull);
    }
    expect(cases.length).toBeGreaterThan(100);
  });

  test("what decoding makes of an input is stored", () => {
    const changed = cases.flatMap(({ name, input, stored }) => {
      const result = decodeValue(typeOf(stored ?? {}) ?? "", input ?? {}, { fieldValidation: "Ignore" });
      if (!result.ok) throw new Error(`${name}: ${result.error}`);
      const { status: _, ...rest } = result.value.object;
      return lost(rest, stored, name);
    });
    // Creating a Secret turns stringData into data.
    expect(changed.filter((path) => !path.startsWith("secret-"))).toEqual([]);
  });
});
