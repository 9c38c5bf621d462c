import { keyOf } from "../api/object.ts";
import { PODS, SERVICES } from "../api/refs.ts";
import type { Invariant } from "./invariant.ts";

/** No two objects share a uid, no two services an address, no two living pods of the pod network an IP. */
export const uniqueIdentity: Invariant = {
  name: "unique identity",
  check: (store) => {
    const problems: string[] = [];
    const seen = new Map<string, string>();
    const claim = (what: string, value: string, owner: string) => {
      const other = seen.get(`${what} ${value}`);
      if (other !== undefined) problems.push(`${what} ${value}: ${other} and ${owner}`);
      seen.set(`${what} ${value}`, owner);
    };
    for (const collection of store.collections) {
      for (const object of collection.values()) {
        claim("uid", object.metadata.uid, `${collection.ref.id} ${keyOf(object)}`);
      }
    }
    for (const service of store.of(SERVICES).values()) {
      for (const ip of service.spec.clusterIPs ?? []) if (ip !== "None") claim("cluster IP", ip, keyOf(service));
    }
    for (const pod of store.of(PODS).values()) {
      const { podIP, phase } = pod.status;
      // A dark node's pods keep the address they had; their node's range is given to nobody else meanwhile.
      if (podIP && pod.spec.hostNetwork !== true && phase === "Running") claim("pod IP", podIP, keyOf(pod));
    }
    return problems;
  },
};
