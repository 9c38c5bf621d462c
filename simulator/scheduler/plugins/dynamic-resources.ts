import { type PluginDefinition, rejected, unresolvable } from "../framework.ts";

const NAME = "DynamicResources";
const NOTHING_TO_DEALLOCATE = rejected(NAME, "no new claims to deallocate");

/**
 * What is left of dynamic resource allocation in a cluster that serves no ResourceClaims: a pod that wants one waits for
 * it, unqueued; all others pass, and score nothing. Models plugins/dynamicresources.
 */
export const dynamicResources: PluginDefinition = {
  name: NAME,
  weight: 2,
  create: () => ({
    name: NAME,
    preEnqueue: ({ pod }) => {
      const claim = pod.spec.resourceClaims?.[0];
      if (claim === undefined) return undefined;
      if (claim.resourceClaimName) return unresolvable(NAME, `resourceclaim "${claim.resourceClaimName}" not found`);
      const where = `${pod.metadata.namespace}/${pod.metadata.name}`;
      return unresolvable(NAME, `pod "${where}": resource claim "${claim.name}" is not created`);
    },
    score: () => 0,
    postFilter: () => ({ status: NOTHING_TO_DEALLOCATE }),
  }),
};
