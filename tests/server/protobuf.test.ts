import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeProtobuf, isProtobuf } from "../../server/protobuf/decode.ts";
import { encodeProtobuf } from "../../server/protobuf/encode.ts";
import type { JsonObject, JsonValue } from "../../simulator/index.ts";
import { referenceFolder } from "../reference.ts";

const pod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", labels: { __proto__x: "1", app: "web" }, creationTimestamp: "2026-01-02T03:04:05Z" },
  spec: {
    containers: [
      {
        name: "c",
        resources: { limits: { cpu: "100m" } },
        livenessProbe: { httpGet: { port: "http", path: "/" } },
        readinessProbe: { tcpSocket: { port: 80 } },
      },
    ],
    volumes: [
      { name: "empty", emptyDir: {} },
      { name: "config", configMap: { name: "cm", defaultMode: 0 } },
    ],
    terminationGracePeriodSeconds: 0,
    securityContext: {},
  },
};

function decoded(object: JsonObject): JsonObject {
  const bytes = encodeProtobuf(object);
  if (bytes === undefined) throw new Error(`no message for ${object.kind}`);
  expect(isProtobuf(bytes)).toBe(true);
  const back = decodeProtobuf(bytes);
  if (back instanceof Error) throw back;
  return back;
}

describe("protobuf bodies", () => {
  it("come back as they were written: unions, quantities, times, and zeros that are set", () => {
    expect(decoded(pod)).toEqual(pod);
  });

  it("keep bytes, keys of every name, and lists that have a type of their own", () => {
    const data = JSON.parse('{"__proto__": "AAEC", "constructor": "eA=="}');
    expect(decoded({ apiVersion: "v1", kind: "Secret", data })).toEqual({ apiVersion: "v1", kind: "Secret", data });
    const review = {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      spec: { user: "jane", extra: { scopes: ["a", "b"] } },
    };
    expect(decoded(review)).toEqual(review);
  });

  it("leave out what Go writes as zero although it is not set", () => {
    const scale = { apiVersion: "autoscaling/v1", kind: "Scale", spec: { replicas: 0 }, status: { replicas: 2 } };
    expect(decoded(scale)).toEqual({ apiVersion: "autoscaling/v1", kind: "Scale", status: { replicas: 2 } });
  });

  it("of options are known in every group", () => {
    const options = {
      apiVersion: "apps/v1",
      kind: "DeleteOptions",
      gracePeriodSeconds: 0,
      propagationPolicy: "Orphan",
    };
    expect(decoded(options)).toEqual(options);
  });

  it("of kinds without a message give only the type, for the server to refuse", () => {
    expect(encodeProtobuf({ apiVersion: "example.com/v1", kind: "Thing" })).toBeUndefined();
  });

  it("that are cut off or damaged are errors, never exceptions", () => {
    const whole = encodeProtobuf(pod) as Uint8Array;
    for (let length = 4; length < whole.length; length++) decodeProtobuf(whole.subarray(0, length));
    expect(decodeProtobuf(whole.subarray(0, whole.length - 1))).toBeInstanceOf(Error);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(whole.length - 1), (noise, at) => {
        const damaged = Buffer.from(whole);
        damaged.set(noise.subarray(0, whole.length - at), Math.max(at, 4));
        decodeProtobuf(damaged);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});

const reference = referenceFolder();

describe.skipIf(reference === undefined)("protobuf of recorded objects", () => {
  const folder = join(reference ?? "", "defaults");
  const files = reference === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith(".json"));

  it.each(files)("%s", (file) => {
    const cases: { name: string; stored?: JsonObject }[] = JSON.parse(readFileSync(join(folder, file), "utf8"));
    for (const { stored } of cases) {
      if (stored === undefined || encodeProtobuf(unmasked(stored) as JsonObject) === undefined) continue;
      const object = unmasked(stored) as JsonObject;
      const back = decoded(object);
      // Zeros that are left out are zeros; all else is as it was.
      expect(withoutZeros(back)).toEqual(withoutZeros(object));
    }
  });
});

/** Masks of times and numbers become such. Types that stand inside of an object (in a claim template) have no place in protobuf. */
function unmasked(value: JsonValue): JsonValue {
  const text = JSON.stringify(value).replaceAll("<TIME>", "2026-01-02T03:04:05Z").replaceAll('"<NODEPORT>"', "31000");
  return JSON.parse(text.replaceAll('{"kind":"PersistentVolumeClaim","apiVersion":"v1","metadata"', '{"metadata"'));
}

function withoutZeros(value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value)) return value.map((item) => withoutZeros(item) ?? null);
  if (typeof value !== "object" || value === null) {
    return value === 0 || value === "" || value === false || value === null ? undefined : value;
  }
  const entries = Object.entries(value as JsonObject).map(([key, item]) => [key, withoutZeros(item)] as const);
  const kept = entries.filter(([, item]) => item !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
