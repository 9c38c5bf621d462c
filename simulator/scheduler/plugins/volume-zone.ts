import type { Labels } from "../../api/meta/labels.ts";
import { joinKey } from "../../api/object.ts";
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, STORAGE_CLASSES } from "../../api/refs.ts";
import { storageClassOf } from "../../api/volumes/annotations.ts";
import { claimsOfPod } from "../../api/volumes/claims.ts";
import { type PluginDefinition, type PluginHandle, SKIP, type Status, unresolvable } from "../framework.ts";
import type { PodInfo } from "../pod-info.ts";

const NAME = "VolumeZone";
const CONFLICT = unresolvable(NAME, "node(s) had no available volume zone");

/** Labels of zones and regions; each with its other name. */
const TOPOLOGY: { readonly [label: string]: string } = {
  "topology.kubernetes.io/zone": "failure-domain.beta.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region": "failure-domain.beta.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
};
const LABELS = Object.keys(TOPOLOGY);

interface Constraint {
  readonly label: string;
  readonly values: ReadonlySet<string>;
}

/** Bound volumes labelled with a zone or region are used there only. Models plugins/volumezone. */
export const volumeZone: PluginDefinition = {
  name: NAME,
  weight: 0,
  create: (handle) => ({
    name: NAME,
    events: {
      "node/add": true,
      "node/label": true,
      "claim/add": true,
      "claim/update": true,
      "volume/add": true,
      "volume/update": true,
      "class/add": true,
    },
    preFilter: (pod) => {
      if (claimsOfPod(pod.pod).length === 0) return SKIP;
      const found = constraintsOf(handle, pod);
      if ("code" in found) return found;
      return found.length === 0 ? SKIP : { state: found };
    },
    filter: (state, _pod, node) => {
      // A node without zones or regions is taken as being everywhere.
      if (!LABELS.some((label) => node.labels[label] !== undefined)) return undefined;
      return (state as readonly Constraint[]).every((one) => isMet(one, node.labels)) ? undefined : CONFLICT;
    },
  }),
};

function isMet({ label, values }: Constraint, labels: Labels): boolean {
  const value = labels[label] ?? labels[TOPOLOGY[label] ?? ""];
  return value !== undefined && values.has(value);
}

// Models getPVbyPod
function constraintsOf({ objects }: PluginHandle, { pod }: PodInfo): readonly Constraint[] | Status {
  const constraints: Constraint[] = [];
  for (const { claimName } of claimsOfPod(pod)) {
    if (claimName === "") return unresolvable(NAME, "PersistentVolumeClaim had no name");
    const claim = objects.get(PERSISTENT_VOLUME_CLAIMS, joinKey(pod.metadata.namespace, claimName));
    if (claim === undefined) return unresolvable(NAME, `persistentvolumeclaim "${claimName}" not found`);
    const { volumeName } = claim.spec;
    if (!volumeName) {
      const className = storageClassOf(claim);
      if (className === "") return unresolvable(NAME, "PersistentVolumeClaim had no pv name and storageClass name");
      const storageClass = objects.get(STORAGE_CLASSES, className);
      if (storageClass === undefined) {
        return unresolvable(NAME, `storageclass.storage.k8s.io "${className}" not found`);
      }
      // Its volume is chosen, or made, where the pod goes.
      if (storageClass.volumeBindingMode === "WaitForFirstConsumer") continue;
      return unresolvable(NAME, "PersistentVolume had no name");
    }
    const volume = objects.get(PERSISTENT_VOLUMES, volumeName);
    if (volume === undefined) return unresolvable(NAME, `persistentvolume "${volumeName}" not found`);
    for (const label of LABELS) {
      const text = volume.metadata.labels?.[label];
      // Zones of a volume that is in several: `a__b`.
      if (text !== undefined) constraints.push({ label, values: new Set(text.split("__").map((one) => one.trim())) });
    }
  }
  return constraints;
}
