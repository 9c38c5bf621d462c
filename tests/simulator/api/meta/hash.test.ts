import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fnv32a, podTemplateHash } from "../../../../simulator/api/meta/hash.ts";
import { goDump } from "../../../../simulator/api/schema/go-dump.ts";
import { isObject, type JsonObject, type JsonValue } from "../../../../simulator/base/json.ts";
import { referenceFolder } from "../../../reference.ts";

test("FNV-1a", () => {
  expect(fnv32a("")).toBe(0x811c9dc5);
  expect(fnv32a("foobar")).toBe(0xbf9cf968);
  expect(fnv32a("é€😀")).toBe(fnv32aOfBytes(Buffer.from("é€😀")));
});

function fnv32aOfBytes(bytes: Uint8Array): number {
  let hash = 0x811c9dc5n;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x01000193n) & 0xffffffffn;
  return Number(hash);
}

const nginx = {
  metadata: { labels: { app: "demo" } },
  spec: {
    containers: [
      {
        name: "main",
        image: "nginx:1.27",
        resources: {},
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "File",
        imagePullPolicy: "IfNotPresent",
      },
    ],
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    securityContext: {},
    schedulerName: "default-scheduler",
  },
};

test("the hash that Kubernetes v1.36.2 gave this template", () => {
  expect(podTemplateHash(nginx)).toBe("7d6cdd78c8");
});

test("collisions and changes give other hashes; empty lists and maps do not", () => {
  const hashes = [
    podTemplateHash(nginx),
    podTemplateHash(nginx, 0),
    podTemplateHash(nginx, 1),
    podTemplateHash(nginx, 200),
  ];
  const changed = { ...nginx, spec: { ...nginx.spec, hostname: "x" } };
  expect(new Set([...hashes, podTemplateHash(changed)]).size).toBe(5);
  expect(podTemplateHash({ ...nginx, spec: { ...nginx.spec, tolerations: [], nodeSelector: {} } })).toBe(hashes[0]);
});

test("the dump of quantities, ports and structs in line", () => {
  const container = {
    name: "c",
    resources: { requests: { memory: "1536Mi", cpu: "100m" } },
    livenessProbe: { httpGet: { port: "http", path: "/" }, periodSeconds: 5 },
  };
  const text = goDump("PodTemplateSpec", {
    metadata: {},
    spec: { containers: [container], volumes: [{ name: "v", emptyDir: { sizeLimit: "1Gi" } }] },
  });
  const cpu =
    "cpu:{i:(resource.int64Amount){value:(int64)100 scale:(resource.Scale)-3} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)100m Format:(resource.Format)DecimalSI}";
  const memory =
    "memory:{i:(resource.int64Amount){value:(int64)1610612736 scale:(resource.Scale)0} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string) Format:(resource.Format)BinarySI}";
  expect(text).toContain(`Requests:(v1.ResourceList)map[${cpu} ${memory}]`);
  expect(text).toContain(
    "LivenessProbe:(*v1.Probe){ProbeHandler:(v1.ProbeHandler){Exec:(*v1.ExecAction)<nil> HTTPGet:(*v1.HTTPGetAction){Path:(string)/ Port:(intstr.IntOrString){Type:(intstr.Type)1 IntVal:(int32)0 StrVal:(string)http} Host:(string) Scheme:(v1.URIScheme) HTTPHeaders:([]v1.HTTPHeader)<nil>}",
  );
  expect(text).toContain(
    "{Name:(string)v VolumeSource:(v1.VolumeSource){HostPath:(*v1.HostPathVolumeSource)<nil> EmptyDir:(*v1.EmptyDirVolumeSource){Medium:(v1.StorageMedium) SizeLimit:(*resource.Quantity){i:",
  );
});

const folder = referenceFolder();

interface Timeline {
  readonly name: string;
  readonly setup?: { readonly manifests?: readonly JsonObject[] };
  readonly changes?: readonly {
    readonly verb: string;
    readonly kind: string;
    readonly name: string;
    readonly object?: JsonObject;
  }[];
  readonly masks?: { readonly [mask: string]: string };
}

/** The templates of a timeline's replica sets, by the masked names that hide their hashes. */
function templates({ setup, changes }: Timeline): readonly (readonly [string, JsonObject])[] {
  const template = (object: JsonObject): JsonObject => (object.spec as JsonObject).template as JsonObject;
  const isReplicaSet = (kind: string, verb: string): boolean => kind === "ReplicaSet" && verb === "ADDED";
  const before = (setup?.manifests ?? []).filter((one) => one.kind === "Deployment");
  return [
    ...before.map((one) => [`${(one.metadata as JsonObject).name}-<hash1>`, template(one)] as const),
    ...(changes ?? []).flatMap(({ kind, verb, name, object }) =>
      object && isReplicaSet(kind, verb) ? [[name, template(object)] as const] : [],
    ),
  ];
}

/** The defaults that the recorder left out of templates. */
function withDefaults(template: JsonObject): JsonObject {
  const spec = template.spec as JsonObject;
  const containers = (list: JsonValue | undefined): JsonValue | undefined =>
    Array.isArray(list) ? (list as readonly JsonObject[]).map(containerWithDefaults) : undefined;
  const labels = { ...((template.metadata as JsonObject).labels as JsonObject) };
  delete (labels as Record<string, unknown>)["pod-template-hash"];
  return {
    metadata: { ...(template.metadata as JsonObject), labels },
    spec: {
      restartPolicy: "Always",
      terminationGracePeriodSeconds: 30,
      dnsPolicy: "ClusterFirst",
      securityContext: {},
      schedulerName: "default-scheduler",
      ...spec,
      containers: containers(spec.containers),
      initContainers: containers(spec.initContainers),
    },
  };
}

function containerWithDefaults(container: JsonObject): JsonObject {
  const ports = Array.isArray(container.ports) ? (container.ports as readonly JsonObject[]) : [];
  const probe = container.readinessProbe;
  return {
    resources: {},
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: "IfNotPresent",
    ...container,
    ports: ports.map((port) => ({ protocol: "TCP", ...port })),
    ...(isObject(probe) && {
      readinessProbe: { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3, ...probe },
    }),
  };
}

describe.skipIf(!folder)("recorded replica sets", () => {
  const files = folder ? readdirSync(join(folder, "timelines")) : [];
  const cases = files.flatMap((file) => {
    const timeline = JSON.parse(readFileSync(join(folder ?? "", "timelines", file), "utf8")) as Timeline;
    return templates(timeline).flatMap(([name, template]) => {
      const hash = timeline.masks?.[name];
      return hash ? [{ name: `${timeline.name} ${name}`, hash, template }] : [];
    });
  });

  test.each(cases)("$name", ({ hash, template }) => {
    expect(podTemplateHash(withDefaults(template))).toBe(hash);
  });
});
