import type { Incoming } from "../api/object.ts";
import { keyOf } from "../api/object.ts";
import { ENDPOINT_SLICES, ENDPOINTS, EVENTS, LEASES, NAMESPACES, type Namespace, SERVICES } from "../api/refs.ts";
import type { JsonObject } from "../base/json.ts";
import type { ComponentBody, ComponentContext, ComponentDefinition } from "../controller-runtime/component.ts";

const SYSTEM_NAMESPACES = ["default", "kube-system", "kube-public", "kube-node-lease"];
const HOUSEKEEPING_MS = 60_000;
/** The server's identity: its name is made of a hash of the machine's, as upstream's. */
const IDENTITY = "apiserver-4a2cvdmurj4mxjxpnqpr2o5xdi";
const IDENTITY_SECONDS = 3600;
const RENEW_MS = 10_000;

/**
 * What the API server does by itself: the four namespaces, the `kubernetes` service and its endpoints, and the end of
 * old events. Models pkg/controlplane/controller/{systemnamespaces,kubernetesservice}.
 */
class ApiServerHousekeeping implements ComponentBody {
  readonly queued = 0;
  readonly activity = "serving";
  reconciled = 0;
  readonly #context: ComponentContext;
  readonly #address: string;
  readonly #port: number;
  readonly #eventTtlMs: number;

  constructor(context: ComponentContext, address: string, port: number, eventTtlMs: number) {
    this.#context = context;
    this.#address = address;
    this.#port = port;
    this.#eventTtlMs = eventTtlMs;
  }

  start(): void {
    this.#context.because("start");
    this.#ensure();
    this.#renewIdentity();
    this.#context.send({ housekeeping: true }, HOUSEKEEPING_MS);
    this.#context.send({ renew: true }, RENEW_MS);
  }

  resume(state: JsonObject): void {
    this.reconciled = state.reconciled as number;
  }

  save(): JsonObject {
    return { reconciled: this.reconciled };
  }

  handle(event: JsonObject): void {
    if (event.renew) {
      this.#context.because("renew");
      this.#renewIdentity();
      this.#context.send({ renew: true }, RENEW_MS);
      return;
    }
    this.reconciled++;
    this.#context.because("housekeeping");
    this.#ensure();
    this.#expireEvents();
    this.#context.send({ housekeeping: true }, HOUSEKEEPING_MS);
  }

  #ensure(): void {
    const { cache, client } = this.#context;
    for (const name of SYSTEM_NAMESPACES) {
      if (cache.get(NAMESPACES, name) === undefined) client.create(NAMESPACES, namespace(name));
    }
    const metadata = {
      name: "kubernetes",
      namespace: "default",
      labels: { component: "apiserver", provider: "kubernetes" },
    };
    const port = { name: "https", port: this.#port, protocol: "TCP" };
    if (cache.get(SERVICES, "default/kubernetes") === undefined) {
      client.create(SERVICES, {
        metadata,
        spec: {
          type: "ClusterIP",
          clusterIP: "10.96.0.1",
          clusterIPs: ["10.96.0.1"],
          ipFamilies: ["IPv4"],
          ipFamilyPolicy: "SingleStack",
          sessionAffinity: "None",
          internalTrafficPolicy: "Cluster",
          ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: this.#port }],
        },
      });
    }
    const labels = { "endpointslice.kubernetes.io/skip-mirror": "true" };
    if (cache.get(ENDPOINTS, "default/kubernetes") === undefined) {
      client.create(ENDPOINTS, {
        metadata: { name: "kubernetes", namespace: "default", labels },
        subsets: [{ addresses: [{ ip: this.#address }], ports: [port] }],
      });
    }
    if (cache.get(ENDPOINT_SLICES, "default/kubernetes") === undefined) {
      client.create(ENDPOINT_SLICES, {
        metadata: { name: "kubernetes", namespace: "default", labels: { "kubernetes.io/service-name": "kubernetes" } },
        addressType: "IPv4",
        endpoints: [{ addresses: [this.#address], conditions: { ready: true } }],
        ports: [port],
      });
    }
  }

  /** Models apiserver pkg/reconcilers start-kube-apiserver-identity-lease-controller. */
  #renewIdentity(): void {
    const { cache, client, nowMicro } = this.#context;
    const lease = cache.get(LEASES, `kube-system/${IDENTITY}`);
    if (lease !== undefined) {
      client.update(LEASES, { ...lease, spec: { ...lease.spec, renewTime: nowMicro } });
      return;
    }
    client.create(LEASES, {
      metadata: {
        name: IDENTITY,
        namespace: "kube-system",
        labels: { "apiserver.kubernetes.io/identity": "kube-apiserver", "kubernetes.io/hostname": "control-plane" },
      },
      spec: {
        holderIdentity: `${IDENTITY}_5a6d4c0e-2f0b-4f53-9d0e-2c1f7a9be3d4`,
        leaseDurationSeconds: IDENTITY_SECONDS,
        renewTime: nowMicro,
      },
    });
  }

  #expireEvents(): void {
    const { cache, client, nowMs, parseMs } = this.#context;
    const old: string[] = [];
    for (const event of cache.list(EVENTS)) {
      const createdMs = parseMs(event.metadata.creationTimestamp);
      // They come in the order of their creation: those that follow are younger still.
      if (nowMs - createdMs <= this.#eventTtlMs) break;
      // An event may tell of what was long before it was written.
      const times = [event.lastTimestamp, event.eventTime].map((time) => (time ? parseMs(time) : 0));
      if (nowMs - Math.max(createdMs, ...times) > this.#eventTtlMs) old.push(keyOf(event));
    }
    for (const key of old) client.delete(EVENTS, key);
  }
}

function namespace(name: string): Incoming<Namespace> {
  return {
    metadata: { name, labels: { "kubernetes.io/metadata.name": name } },
    spec: { finalizers: ["kubernetes"] },
  };
}

/** The API server's own part; the server itself is `ApiServer`. */
export function apiServerComponent(address: string, port: number, eventTtlMs: number): ComponentDefinition {
  return {
    name: "kube-apiserver",
    process: "kube-apiserver",
    eventSource: "kube-apiserver",
    create: (context) => new ApiServerHousekeeping(context, address, port, eventTtlMs),
  };
}

/** etcd has nothing to do here but to run: the store is its data. */
export function etcdComponent(): ComponentDefinition {
  const body: ComponentBody = {
    queued: 0,
    reconciled: 0,
    activity: "serving",
    start: () => {},
    resume: () => {},
    save: () => ({}),
    handle: () => {},
  };
  return { name: "etcd", process: "etcd", eventSource: "etcd", create: () => body };
}
