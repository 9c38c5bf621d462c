import { session } from "../store/connect.ts";
import { setUi, toast } from "../store/ui.ts";
import { bigClusterRequests } from "./big-cluster.ts";
import { send } from "./run.ts";

export interface NewCluster {
  /** Workers beside the control plane; from `BIG` on they are groups of mixed shapes. */
  readonly nodes: number;
  /** KubeSchedulerConfiguration as YAML; empty for kube-scheduler's own. */
  readonly schedulerConfiguration: string;
}

const BIG = 100;

/** Throws the cluster away and begins another one. The editor's text stays. */
export async function beginAnew({ nodes, schedulerConfiguration }: NewCluster): Promise<void> {
  setUi({ selection: undefined, done: [], view: "cluster", narrowPage: "map" });
  try {
    await session().restart({ workers: nodes < BIG ? nodes : 0, schedulerConfiguration });
    if (nodes >= BIG) for (const request of bigClusterRequests(nodes)) await send(request);
  } catch (error) {
    toast("error", error instanceof Error ? error.message : String(error));
  }
}
