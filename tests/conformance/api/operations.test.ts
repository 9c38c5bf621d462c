import { describe, expect, it } from "vitest";
import { type ApiResponse, Simulation } from "../../../simulator/index.ts";
import { clusterFor, must, send } from "../../simulator/api/access.ts";
import { encodedRequest } from "../../simulator/controllers/certificates/requests.ts";
import type { Json } from "../../simulator/resources/cases.ts";

/**
 * What Kubernetes' conformance tests called "… should support … API operations" do, for the kinds whose tests need the
 * API alone: discovery, three creations, get, list, watch, patch, update, status, deletion, deletion of a collection.
 */

const RULE = { apiGroups: ["apps"], apiVersions: ["v1"], operations: ["CREATE"], resources: ["deployments"] };
const HOOK = {
  name: "hook.example.com",
  clientConfig: { url: "https://hooks.example.com/x" },
  sideEffects: "None",
  admissionReviewVersions: ["v1"],
  rules: [{ ...RULE, resources: ["nothings"] }],
};

interface Subject {
  readonly group: string;
  readonly resource: string;
  readonly namespaced?: true;
  readonly hasStatus?: true;
  readonly object: object;
}

const ADMISSION = "admissionregistration.k8s.io/v1";
const STORAGE = "storage.k8s.io/v1";
const FLOW = "flowcontrol.apiserver.k8s.io/v1";
const policySpec = { matchConstraints: { resourceRules: [RULE] } };
const subjects: readonly Subject[] = [
  {
    group: FLOW,
    resource: "flowschemas",
    hasStatus: true,
    object: { spec: { matchingPrecedence: 10_000, priorityLevelConfiguration: { name: "global-default" } } },
  },
  {
    group: FLOW,
    resource: "prioritylevelconfigurations",
    hasStatus: true,
    object: { spec: { type: "Limited", limited: { nominalConcurrencyShares: 2, limitResponse: { type: "Reject" } } } },
  },
  {
    group: ADMISSION,
    resource: "validatingadmissionpolicies",
    hasStatus: true,
    object: { spec: { ...policySpec, validations: [{ expression: "object.spec.replicas <= 100" }] } },
  },
  {
    group: ADMISSION,
    resource: "validatingadmissionpolicybindings",
    object: { spec: { policyName: "replicalimit-policy.example.com", validationActions: ["Deny"] } },
  },
  {
    group: ADMISSION,
    resource: "mutatingadmissionpolicies",
    object: {
      spec: {
        ...policySpec,
        reinvocationPolicy: "Never",
        mutations: [
          {
            patchType: "ApplyConfiguration",
            applyConfiguration: {
              expression: '\n\tObject{\n\t\tmetadata: Object.metadata{\n\t\t\tannotations: {"a": "b"}\n\t\t}\n\t}',
            },
          },
        ],
      },
    },
  },
  { group: ADMISSION, resource: "mutatingadmissionpolicybindings", object: { spec: { policyName: "p.example.com" } } },
  { group: ADMISSION, resource: "validatingwebhookconfigurations", object: { webhooks: [HOOK] } },
  { group: ADMISSION, resource: "mutatingwebhookconfigurations", object: { webhooks: [HOOK] } },
  {
    group: "certificates.k8s.io/v1",
    resource: "certificatesigningrequests",
    hasStatus: true,
    object: {
      spec: {
        request: encodedRequest("jane"),
        signerName: "example.com/e2e-csr-example",
        expirationSeconds: 3600,
        usages: ["digital signature", "key encipherment", "server auth"],
      },
    },
  },
  { group: "node.k8s.io/v1", resource: "runtimeclasses", object: { handler: "e2e-handler" } },
  { group: "networking.k8s.io/v1", resource: "ingressclasses", object: { spec: { controller: "example.com/c" } } },
  {
    group: "networking.k8s.io/v1",
    resource: "ingresses",
    namespaced: true,
    hasStatus: true,
    object: { spec: { defaultBackend: { service: { name: "s", port: { number: 80 } } } } },
  },
  {
    group: "discovery.k8s.io/v1",
    resource: "endpointslices",
    namespaced: true,
    object: { addressType: "IPv4", endpoints: [{ addresses: ["1.2.3.4"], conditions: { ready: true } }] },
  },
  { group: STORAGE, resource: "csidrivers", object: { spec: { attachRequired: false } } },
  { group: STORAGE, resource: "csinodes", object: { spec: { drivers: [] } } },
  { group: STORAGE, resource: "csistoragecapacities", namespaced: true, object: { storageClassName: "fast" } },
  { group: STORAGE, resource: "storageclasses", object: { provisioner: "e2e-fake-provisioner" } },
  {
    group: STORAGE,
    resource: "volumeattributesclasses",
    object: { driverName: "e2e-fake-csi-driver", parameters: { foo: "bar" } },
  },
  {
    group: STORAGE,
    resource: "volumeattachments",
    hasStatus: true,
    object: { spec: { attacher: "e2e.example.com", nodeName: "n", source: { persistentVolumeName: "v" } } },
  },
  {
    group: "networking.k8s.io/v1",
    resource: "servicecidrs",
    hasStatus: true,
    object: { spec: { cidrs: ["10.123.0.0/24"] } },
  },
  {
    group: "coordination.k8s.io/v1",
    resource: "leases",
    namespaced: true,
    object: { spec: { holderIdentity: "me", leaseDurationSeconds: 30, renewTime: "2026-01-01T00:00:05.000001Z" } },
  },
  {
    group: "events.k8s.io/v1",
    resource: "events",
    namespaced: true,
    object: {
      action: "Do",
      reason: "Test",
      type: "Normal",
      reportingController: "test-controller",
      reportingInstance: "test-node",
      eventTime: "2026-01-01T00:00:00.000000Z",
      regarding: { namespace: "e2e" },
    },
  },
  {
    group: "policy/v1",
    resource: "poddisruptionbudgets",
    namespaced: true,
    hasStatus: true,
    object: { spec: { minAvailable: 1, selector: { matchLabels: { app: "none" } } } },
  },
];

const base = clusterFor("e2e").snapshot();
const LABELS = { "e2e-example": "yes" };
const SELECTOR = "labelSelector=e2e-example%3Dyes";

interface Meta {
  readonly name: string;
  readonly uid: string;
  readonly annotations?: Record<string, string>;
  readonly resourceVersion: string;
}

const metaOf = ({ body }: ApiResponse) => body.metadata as unknown as Meta;
const itemsOf = ({ body }: ApiResponse) => body.items as unknown as readonly { readonly metadata: Meta }[];

describe.each(subjects)("$group $resource", ({ group, resource, namespaced, hasStatus, object }) => {
  const simulation = Simulation.restore(base);
  const path = `/apis/${group}${namespaced ? "/namespaces/e2e" : ""}/${resource}`;
  const get = (at: string) => send(simulation, { verb: "GET", path: at });
  const patch = (at: string, body: object) =>
    send(simulation, { verb: "PATCH", path: at, contentType: "application/merge-patch+json", body: body as Json });

  it("is in the discovery documents", () => {
    const [name = "", version = ""] = group.split("/");
    const groups = get("/apis").body.groups as unknown as readonly { readonly name: string }[];
    expect(groups.map((one) => one.name)).toContain(name);
    const versions = get(`/apis/${name}`).body.versions as unknown as readonly { readonly version: string }[];
    expect(versions.map((one) => one.version)).toContain(version);
    const resources = get(`/apis/${group}`).body.resources as unknown as readonly { readonly name: string }[];
    const names = resources.map((one) => one.name);
    expect(names).toContain(resource);
    if (hasStatus) expect(names).toContain(`${resource}/status`);
  });

  it("supports every operation", () => {
    const create = () =>
      must(
        send(simulation, {
          verb: "POST",
          path,
          body: { metadata: { generateName: "e2e-", labels: LABELS }, ...object } as unknown as Json,
        }),
      );
    const [first] = [create(), create(), create()].map(metaOf);
    const name = first?.name ?? "";
    expect(metaOf(must(get(`${path}/${name}`))).uid).toBe(first?.uid);
    const list = must(get(`${path}?${SELECTOR}`));
    expect(itemsOf(list)).toHaveLength(3);
    const { resourceVersion } = metaOf(list);
    const watch = simulation.watch({
      method: "GET",
      path: `${path}?watch=1&${SELECTOR}&resourceVersion=${resourceVersion}`,
    });
    if (!watch.ok) throw new Error(String(watch.error.body.message));

    expect(
      metaOf(must(patch(`${path}/${name}`, { metadata: { annotations: { patched: "true" } } }))).annotations,
    ).toEqual(expect.objectContaining({ patched: "true" }));
    const current = must(get(`${path}/${name}`)).body as unknown as { metadata: Meta };
    const next = {
      ...current,
      metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, updated: "true" } },
    };
    const updated = must(send(simulation, { verb: "PUT", path: `${path}/${name}`, body: next as unknown as Json }));
    expect(metaOf(updated).annotations).toMatchObject({ patched: "true", updated: "true" });
    if (hasStatus) {
      must(get(`${path}/${name}/status`));
      must(patch(`${path}/${name}/status`, { metadata: { annotations: { patchedstatus: "true" } }, status: {} }));
    }

    must(send(simulation, { verb: "DELETE", path: `${path}/${name}` }));
    // Some kinds are protected: a controller looks whether they are in use.
    simulation.advanceTo(simulation.nowMs + 2000);
    expect(get(`${path}/${name}`).code).toBe(404);
    const events = watch.value.next();
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(["MODIFIED", "DELETED"]));
    expect(itemsOf(must(get(`${path}?${SELECTOR}`)))).toHaveLength(2);
    must(send(simulation, { verb: "DELETE", path: `${path}?${SELECTOR}` }));
    simulation.advanceTo(simulation.nowMs + 2000);
    expect(itemsOf(must(get(`${path}?${SELECTOR}`)))).toHaveLength(0);
  });
});
