import type { Kind } from "./api/kind.ts";
import { POD_DISRUPTION_BUDGETS } from "./api/refs.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import { apiServerComponent, etcdComponent } from "./control-plane/api-server-component.ts";
import { electionComponent } from "./control-plane/leader-election.ts";
import { controllerComponent } from "./controller-runtime/controller-component.ts";
import type { Host } from "./controller-runtime/host.ts";
import { loadBalancerController } from "./controllers/load-balancer/controller.ts";
import { faultComponent } from "./faults/fault-component.ts";
import { API_SERVER_IP, installWorker } from "./initial-machines.ts";
import { AutoscalerMetrics } from "./metrics/autoscaler-metrics.ts";
import type { ResourceMetrics } from "./metrics/resource-metrics.ts";
import { kubeletComponent } from "./node/kubelet.ts";
import type { Machines } from "./node/machines.ts";
import { nodeGroupComponent } from "./node/node-groups.ts";
import { kubeletProcess } from "./node/ports.ts";
import type { Parts } from "./parts.ts";
import { customResourceDefinitionController } from "./resources/apiextensions/customresourcedefinition/controller.ts";
import { apiServiceController } from "./resources/apiregistration/apiservice/controller.ts";
import { horizontalPodAutoscalerController } from "./resources/autoscaling/horizontalpodautoscaler/controller/controller.ts";
import { schedulerProfiles } from "./scheduler/configuration.ts";
import { schedulerComponent } from "./scheduler/index.ts";

const API_SERVER_PORT = 6443;
const CONTROLLER_MANAGER = "kube-controller-manager";
const SCHEDULER = "kube-scheduler";

/** What the components of a cluster are made from. */
export interface Furnishing {
  readonly machines: Machines;
  readonly options: ClusterOptions;
  readonly parts: Parts;
  readonly metrics: ResourceMetrics | undefined;
  readonly kinds: { readonly all: readonly Kind[] };
}

/** Puts into the host all that runs in the control plane, and what stands beside the cluster. Order is part of the run. */
export function addComponents(host: Host, { machines, options, parts, metrics, kinds }: Furnishing): void {
  host.add(faultComponent(machines, parts.faults));
  host.add(
    nodeGroupComponent(machines, {
      install: (shape) => {
        installWorker(machines, shape, options);
        host.add(kubeletComponent(shape.name, machines));
      },
      remove: (name) => {
        machines.remove(name);
        host.remove(kubeletProcess(name));
      },
    }),
  );
  const port = {
    elected: (process: string) => host.tell("ELECTED", process),
    lost: (process: string) => host.tell("LOST", process),
  };
  host.add(etcdComponent(), { election: "none" });
  host.add(apiServerComponent(API_SERVER_IP, API_SERVER_PORT, options.eventTtlMs), { election: "none" });
  host.add(controllerComponent(customResourceDefinitionController, "kube-apiserver"), { election: "none" });
  host.add(controllerComponent(apiServiceController, "kube-apiserver"), { election: "none" });
  host.add(electionComponent(CONTROLLER_MANAGER, port));
  const autoscaler = horizontalPodAutoscalerController({ metrics: new AutoscalerMetrics(machines, metrics), kinds });
  const extras = options.loadBalancers ? [loadBalancerController] : [];
  for (const controller of [...parts.controllers.all, autoscaler, ...extras]) {
    host.add(controllerComponent(controller, CONTROLLER_MANAGER), { election: "before-sync" });
  }
  host.add(electionComponent(SCHEDULER, port));
  const profiles = schedulerProfiles(options.schedulerConfiguration, parts.plugins.all);
  if (!profiles.ok) throw new Error(profiles.error);
  const disruptionBudgets = POD_DISRUPTION_BUDGETS;
  const scheduler = schedulerComponent(profiles.value.map((profile) => ({ ...profile, disruptionBudgets })));
  host.add(scheduler, { election: "after-sync" });
}
