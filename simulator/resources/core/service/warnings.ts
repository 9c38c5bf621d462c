import { index } from "../../../api/meta/field-error.ts";
import { cidrWarnings, ipWarnings } from "../../../api/meta/ip.ts";
import type { Service } from "../../../api/refs.ts";
import { HEADLESS, isHeadless } from "./traits.ts";

const OLD_HINTS = "service.kubernetes.io/topology-aware-hints";

// Models pkg/api/service GetWarningsForService
export function serviceWarnings(object: Service): readonly string[] {
  const { spec, metadata } = object;
  const { clusterIPs = [], externalIPs = [], loadBalancerIP = "", loadBalancerSourceRanges = [] } = spec;
  const texts: string[] = [];
  if (metadata.annotations?.[OLD_HINTS] !== undefined) {
    texts.push(`annotation ${OLD_HINTS} is deprecated, please use service.kubernetes.io/topology-mode instead`);
  }
  if (clusterIPs[0] !== HEADLESS) {
    texts.push(...clusterIPs.flatMap((ip, at) => ipWarnings(index("spec.clusterIPs", at), ip)));
  }
  if (externalIPs.length > 0)
    texts.push("spec.externalIPs is deprecated and may no longer be implemented in some clusters");
  texts.push(...externalIPs.flatMap((ip, at) => ipWarnings(index("spec.externalIPs", at), ip)));
  if (loadBalancerIP !== "") texts.push(...ipWarnings("spec.loadBalancerIP", loadBalancerIP));
  texts.push(
    ...loadBalancerSourceRanges.flatMap((range, at) => cidrWarnings(index("spec.loadBalancerSourceRanges", at), range)),
  );
  if (isHeadless(object)) texts.push(...headlessWarnings(spec));
  if (spec.type !== "ExternalName" && spec.externalName) {
    texts.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  }
  if (spec.type === "ExternalName" && externalIPs.length > 0) {
    texts.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  }
  if (spec.trafficDistribution === "PreferClose") {
    texts.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  }
  return texts;
}

function headlessWarnings(spec: Service["spec"]): readonly string[] {
  const ignored = (field: string) => `spec.${field} is ignored when spec.clusterIP is "None"`;
  return [
    ...(spec.loadBalancerIP ? [ignored("loadBalancerIP")] : []),
    ...(spec.externalIPs?.length ? [ignored("externalIPs")] : []),
    ...(spec.sessionAffinity !== "None" ? [ignored("SessionAffinity")] : []),
  ];
}
