import { isIpv4, parseIp } from "../../../api/meta/ip.ts";
import { IP_ADDRESSES, type IpAddressObject, SERVICES, type Service } from "../../../api/refs.ts";
import { equalJson } from "../../../base/json.ts";
import { type Controller, type Outcome, watchRule } from "../../../controller-runtime/controller.ts";
import { clusterIpsOf, SERVICES_BY_CLUSTER_IP } from "../../core/service/addresses.ts";

const MANAGED_BY = "ipaddress.kubernetes.io/managed-by";
const FAMILY = "ipaddress.kubernetes.io/ip-family";
const ALLOCATOR = "ipallocator.k8s.io";

// Models pkg/registry/core/service/ipallocator/controller repairip
/**
 * Keeps one IPAddress for each cluster IP. Upstream's API server writes it before the service, and mends it afterwards;
 * here it is mended only, so it follows at once. Keys are addresses.
 */
export const ipAddressController: Controller = {
  name: "ipallocator-repair-controller",
  watches: [
    watchRule(SERVICES, ({ object, previous }) => [
      ...new Set([...clusterIpsOf(object), ...(previous === undefined ? [] : clusterIpsOf(previous))]),
    ]),
    watchRule(IP_ADDRESSES, ({ object }) => [object.metadata.name]),
  ],
  create: ({ cache, client }) => ({
    reconcile(ip): Outcome {
      const [service] = cache.byIndex(SERVICES, SERVICES_BY_CLUSTER_IP, ip);
      const found = cache.get(IP_ADDRESSES, ip);
      if (service === undefined) {
        if (found === undefined || found.metadata.labels?.[MANAGED_BY] !== ALLOCATOR) return undefined;
        const deleted = client.delete(IP_ADDRESSES, ip);
        return deleted.ok || deleted.error.code === 404 ? undefined : { failed: deleted.error };
      }
      const wanted = addressFor(ip, service);
      if (found === undefined) {
        const created = client.create(IP_ADDRESSES, wanted);
        return created.ok ? undefined : { failed: created.error };
      }
      if (equalJson(found.spec, wanted.spec)) return undefined;
      // The parent of an address cannot be changed: it is made anew.
      const deleted = client.delete(IP_ADDRESSES, ip);
      return deleted.ok || deleted.error.code === 404 ? undefined : { failed: deleted.error };
    },
  }),
};

function addressFor(ip: string, { metadata }: Service): Pick<IpAddressObject, "spec"> & { readonly metadata: object } {
  const parsed = parseIp(ip);
  const family = parsed !== undefined && isIpv4(parsed) ? "IPv4" : "IPv6";
  const parentRef = { resource: "services", namespace: metadata.namespace, name: metadata.name };
  return { metadata: { name: ip, labels: { [FAMILY]: family, [MANAGED_BY]: ALLOCATOR } }, spec: { parentRef } };
}
