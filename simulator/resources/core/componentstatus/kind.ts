import type { Kind, WriteContext } from "../../../api/kind.ts";
import type { Stored } from "../../../api/object.ts";
import { PODS, type Pod, resourceRef } from "../../../api/refs.ts";
import type {
  ComponentCondition,
  ComponentStatus as ComponentStatusType,
} from "../../../api/schema/generated/types.ts";
import { column, nameColumn } from "../../columns.ts";

type ComponentStatus = Stored<ComponentStatusType>;

interface Probed {
  readonly name: string;
  /** The label of its static pods. */
  readonly component: string;
  /** Where upstream asks for its health. */
  readonly port: number;
}

const PROBED: readonly Probed[] = [
  { name: "controller-manager", component: "kube-controller-manager", port: 10257 },
  { name: "etcd-0", component: "etcd", port: 2379 },
  { name: "scheduler", component: "kube-scheduler", port: 10259 },
];

/** How the parts of the control plane are, asked anew for each reader. Models pkg/registry/core/componentstatus. */
export const componentStatusKind: Kind<ComponentStatus> = {
  ref: resourceRef<ComponentStatus>("", "v1", "componentstatuses", "ComponentStatus"),
  singular: "componentstatus",
  shortNames: ["cs"],
  namespaced: false,
  type: "ComponentStatus",
  deprecation: "v1 ComponentStatus is deprecated in v1.19+",
  withoutVerbs: ["create", "delete", "deletecollection", "patch", "update", "watch"],
  compute: (context) => PROBED.map((probed) => statusOf(probed, context)),
  // Models pkg/printers/internalversion printComponentStatus
  columns: [
    nameColumn(),
    column("Status", "string", "Status of the component conditions", (object) => {
      const healthy = healthOf(object);
      return healthy === undefined ? "Unknown" : healthy.status === "True" ? "Healthy" : "Unhealthy";
    }),
    column("Message", "string", "Message of the component conditions", (object) => healthOf(object)?.message ?? ""),
    column("Error", "string", "Error of the component conditions", (object) => healthOf(object)?.error ?? ""),
  ],
};

function healthOf({ conditions = [] }: ComponentStatus): ComponentCondition | undefined {
  return conditions.find(({ type }) => type === "Healthy");
}

function statusOf({ name, component, port }: Probed, context: Pick<WriteContext, "byIndex">): ComponentStatus {
  const isUp = [...context.byIndex(PODS, "namespace", "kube-system")].some((pod) => runs(pod, component));
  const refused = `Get "https://127.0.0.1:${port}/healthz": dial tcp 127.0.0.1:${port}: connect: connection refused`;
  const condition = { type: "Healthy", status: isUp ? "True" : "False", message: isUp ? "ok" : refused };
  const object = { apiVersion: "v1", kind: "ComponentStatus", metadata: { name }, conditions: [condition] };
  return object as unknown as ComponentStatus;
}

function runs({ metadata, status }: Pod, component: string): boolean {
  return (
    metadata.labels?.component === component &&
    status.containerStatuses?.some(({ state }) => state?.running !== undefined) === true
  );
}
