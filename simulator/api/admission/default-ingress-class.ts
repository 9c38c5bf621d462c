import { ok } from "../../base/result.ts";
import { INGRESS_CLASSES, INGRESSES, type Ingress, type IngressClass } from "../refs.ts";
import type { AdmissionPlugin } from "./plugin.ts";

const CLASS_ANNOTATION = "kubernetes.io/ingress.class";
const DEFAULT_ANNOTATION = "ingressclass.kubernetes.io/is-default-class";

// Models plugin/pkg/admission/network/defaultingressclass
/** An ingress that says nothing of a class gets the default one: of several the one made last. */
export const defaultIngressClass: AdmissionPlugin = {
  name: "DefaultIngressClass",
  resources: [INGRESSES.id],
  verbs: ["create"],
  mutate: ({ object, context }) => {
    const ingress = object as Ingress;
    const { spec, metadata } = ingress;
    if (spec.ingressClassName !== undefined || metadata.annotations?.[CLASS_ANNOTATION] !== undefined)
      return ok(ingress);
    const [found] = [...context.list(INGRESS_CLASSES)].filter(isDefault).sort(byAge);
    return ok(found === undefined ? ingress : { ...ingress, spec: { ...spec, ingressClassName: found.metadata.name } });
  },
};

function isDefault({ metadata }: IngressClass): boolean {
  return metadata.annotations?.[DEFAULT_ANNOTATION] === "true";
}

/** The youngest first, then by name. */
function byAge({ metadata: a }: IngressClass, { metadata: b }: IngressClass): number {
  if (a.creationTimestamp !== b.creationTimestamp) return a.creationTimestamp > b.creationTimestamp ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}
