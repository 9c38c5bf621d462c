import { type PluginDefinition, rejected, SKIP, unresolvable } from "../framework.ts";
import type { PodInfo } from "../pod-info.ts";

const NAME = "DynamicResources";
/** Another plugin refused the pod before any node was asked: upstream's error goes into the text as it is. */
const NOT_FOUND = unresolvable(NAME, "not found");
const NOTHING_TO_DEALLOCATE = rejected(NAME, "no new claims to deallocate");

/**
 * What is left of dynamic resource allocation in a cluster that serves no ResourceClaims: a pod that wants one waits for
 * it, unqueued; all others pass, and score nothing. Models plugins/dynamicresources.
 */
export const dynamicResources: PluginDefinition = {
  name: NAME,
  weight: 2,
  create: () => {
    // Whether the cycle came as far as this plugin: its state is what PostFilter does not find else.
    let cycle: PodInfo | undefined;
    return {
      name: NAME,
      preFilter: (pod) => {
        cycle = pod;
        return SKIP;
      },
      preEnqueue: ({ pod }) => {
        const claim = pod.spec.resourceClaims?.[0];
        if (claim === undefined) return undefined;
        if (claim.resourceClaimName) return unresolvable(NAME, `resourceclaim "${claim.resourceClaimName}" not found`);
        const where = `${pod.metadata.namespace}/${pod.metadata.name}`;
        return unresolvable(NAME, `pod "${where}": resource claim "${claim.name}" is not created`);
      },
      score: () => 0,
      postFilter: (pod) => {
        const status = cycle === pod ? NOTHING_TO_DEALLOCATE : NOT_FOUND;
        cycle = undefined;
        return { status };
      },
    };
  },
};
