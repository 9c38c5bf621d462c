import type { Column, Kind } from "../../../api/kind.ts";
import { goQuote } from "../../../api/meta/go-text.ts";
import { INGRESSES, type Ingress } from "../../../api/refs.ts";
import { ageColumn, NONE, nameColumn } from "../../columns.ts";
import { CLASS_ANNOTATION, validateIngress, validateIngressStatusUpdate, validateNewIngress } from "./validation.ts";

const SHOWN_HOSTS = 3;

function column(name: string, description: string, cell: (object: Ingress) => string): Column<Ingress> {
  return { name, type: "string", description, priority: 0, cell };
}

export const ingressKind: Kind<Ingress> = {
  ref: INGRESSES,
  singular: "ingress",
  shortNames: ["ing"],
  namespaced: true,
  type: "Ingress",
  hasGeneration: true,
  defaults: (object) => {
    object.spec ??= {};
  },
  prepareCreate: (object) => ({ ...object, status: { loadBalancer: {} } }),
  prepareStatusUpdate: (object, old) => ({
    ...object,
    spec: old.spec,
    // A part that Go always writes out.
    status: { ...object.status, loadBalancer: object.status.loadBalancer ?? {} },
  }),
  validate: validateNewIngress,
  validateUpdate: validateIngress,
  validateStatusUpdate: validateIngressStatusUpdate,
  // Models pkg/registry/networking/ingress WarningsOnCreate
  warnings: ({ metadata, spec }, old) =>
    old !== undefined || metadata.annotations?.[CLASS_ANNOTATION] === undefined || spec.ingressClassName !== undefined
      ? []
      : [`annotation ${goQuote(CLASS_ANNOTATION)} is deprecated, please use 'spec.ingressClassName' instead`],
  subresources: { status: true },
  // Models pkg/printers/internalversion printIngress
  columns: [
    nameColumn(),
    column(
      "Class",
      "The name of the IngressClass resource that should be used for additional configuration",
      (object) => object.spec.ingressClassName ?? NONE,
    ),
    column("Hosts", "Hosts that incoming requests are matched against before the ingress rule", hostsText),
    column("Address", "Address is a list containing ingress points for the load-balancer", addressText),
    column("Ports", "Ports of TLS configurations that open", (object) => (object.spec.tls?.length ? "80, 443" : "80")),
    ageColumn(),
  ],
};

function hostsText({ spec: { rules = [] } }: Ingress): string {
  const hosts = rules.flatMap(({ host }) => (host ? [host] : []));
  const shown = hosts.slice(0, SHOWN_HOSTS);
  if (shown.length === 0) return "*";
  // As upstream: the rules after the third named one decide whether there is more, named or not.
  const third = rules.findIndex((rule) => rule.host === hosts[SHOWN_HOSTS - 1]);
  const more = shown.length === SHOWN_HOSTS && third < rules.length - 1;
  return more ? `${shown.join(",")} + ${rules.length - SHOWN_HOSTS} more...` : shown.join(",");
}

function addressText({ status }: Ingress): string {
  const points = status.loadBalancer?.ingress ?? [];
  const addresses = points.flatMap(({ ip, hostname }) => ip || hostname || []);
  return [...new Set(addresses)].sort().join(",");
}
