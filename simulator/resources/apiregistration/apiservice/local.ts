import { compareVersions } from "../../../api/custom/versions.ts";
import type { ApiService, CustomResourceDefinition } from "../../../api/refs.ts";

interface Priority {
  readonly version: string;
  readonly group: string;
  readonly groupPriorityMinimum: number;
  readonly versionPriority: number;
}

const of = (version: string, group: string, groupPriorityMinimum: number, versionPriority = 15): Priority => ({
  version,
  group,
  groupPriorityMinimum,
  versionPriority,
});

// Models pkg/controlplane/apiserver aggregator.go DefaultGenericAPIServicePriorities
/** The group versions that the API server serves by itself, and how it orders them. */
const BUILTIN: readonly Priority[] = [
  of("v1", "", 18000, 1),
  of("v1", "apps", 17800),
  of("v1", "events.k8s.io", 17750),
  of("v1", "authentication.k8s.io", 17700),
  of("v1", "authorization.k8s.io", 17600),
  of("v1", "autoscaling", 17500),
  of("v2", "autoscaling", 17500, 30),
  of("v1", "batch", 17400),
  of("v1", "certificates.k8s.io", 17300),
  of("v1", "networking.k8s.io", 17200),
  of("v1", "policy", 17100),
  of("v1", "rbac.authorization.k8s.io", 17000),
  of("v1", "storage.k8s.io", 16800),
  of("v1", "apiextensions.k8s.io", 16700),
  of("v1", "admissionregistration.k8s.io", 16700),
  of("v1", "scheduling.k8s.io", 16600),
  of("v1", "coordination.k8s.io", 16500),
  of("v1", "node.k8s.io", 16300),
  of("v1", "discovery.k8s.io", 16200, 12),
  of("v1", "flowcontrol.apiserver.k8s.io", 16100, 21),
  of("v1", "resource.k8s.io", 16200, 15),
];

const CUSTOM_PRIORITY = { groupPriorityMinimum: 1000, versionPriority: 100 };

/** The label of what the API server manages: at its start, or as definitions come and go. */
export const AUTOMANAGED = "kube-aggregator.kubernetes.io/automanaged";

export type Wanted = Pick<ApiService, "spec"> & {
  readonly metadata: { readonly name: string; readonly labels: { readonly [name: string]: string } };
};

/** The APIServices of all that is served: `served` has the groups that are built in. */
export function wantedServices(
  served: ReadonlySet<string>,
  definitions: Iterable<CustomResourceDefinition>,
): readonly Wanted[] {
  const builtin = BUILTIN.filter(({ group }) => served.has(group)).map((one) => wanted(one, "onstart"));
  const names = new Set<string>();
  const custom: Wanted[] = [];
  for (const { spec, status } of definitions) {
    if (!status.conditions?.some(({ type, status: holds }) => type === "Established" && holds === "True")) continue;
    const versions = spec.versions.filter((version) => version.served).map((version) => version.name);
    for (const version of versions.sort(compareVersions)) {
      const one = wanted({ version, group: spec.group, ...CUSTOM_PRIORITY }, "true");
      if (names.has(one.metadata.name)) continue;
      names.add(one.metadata.name);
      custom.push(one);
    }
  }
  return [...builtin, ...custom];
}

function wanted({ version, group, groupPriorityMinimum, versionPriority }: Priority, managed: string): Wanted {
  return {
    metadata: { name: `${version}.${group}`, labels: { [AUTOMANAGED]: managed } },
    spec: { ...(group !== "" && { group }), version, groupPriorityMinimum, versionPriority },
  };
}
