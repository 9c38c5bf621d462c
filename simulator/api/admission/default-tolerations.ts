import { deepFreeze } from "../../base/json.ts";
import { ok } from "../../base/result.ts";
import type { Pod } from "../refs.ts";
import type { PodSpec, Toleration } from "../schema/generated/types.ts";
import type { AdmissionPlugin } from "./plugin.ts";

const TOLERATED_KEYS = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];
const DEFAULT_SECONDS = 300;

const tolerant = new WeakMap<PodSpec, PodSpec>();

// Models plugin/pkg/admission/defaulttolerationseconds
export const defaultTolerations: AdmissionPlugin = {
  name: "DefaultTolerationSeconds",
  resources: ["pods"],
  verbs: ["create", "update"],
  mutate: ({ object }) => {
    const pod = object as Pod;
    let spec = tolerant.get(pod.spec);
    if (spec === undefined) {
      spec = deepFreeze(withDefaultTolerations(pod.spec));
      if (Object.isFrozen(pod.spec)) tolerant.set(pod.spec, spec);
    }
    return ok({ ...pod, spec });
  },
};

function withDefaultTolerations(spec: PodSpec): PodSpec {
  const tolerations = spec.tolerations ?? [];
  const missing = TOLERATED_KEYS.filter((key) => !tolerations.some((toleration) => tolerates(toleration, key)));
  if (missing.length === 0) return spec;
  const added = missing.map(
    (key): Toleration => ({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: DEFAULT_SECONDS }),
  );
  return { ...spec, tolerations: [...tolerations, ...added] };
}

function tolerates(toleration: Toleration, key: string): boolean {
  const keyMatches = toleration.key === key || !toleration.key;
  const effectMatches = toleration.effect === "NoExecute" || !toleration.effect;
  return keyMatches && effectMatches;
}
