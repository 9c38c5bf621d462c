import { RunningCluster } from "../../server/cluster.ts";
import { type Listener, listen } from "../../server/listener.ts";
import { type ClusterOptions, Simulation } from "../../simulator/index.ts";

export interface Served extends Listener {
  readonly cluster: RunningCluster;
  readonly simulation: Simulation;
}

/** A cluster that is up, served on a free port; virtual time passes at `speed`, or stands still without one. */
export async function serve(speed?: number, workers = 1, more: Partial<ClusterOptions> = {}): Promise<Served> {
  // Ages that clients reckon by the wall clock must not be in the future, whatever the speed.
  const simulation = Simulation.start({
    workers,
    startEpochMs: Math.floor(Date.now() / 1000) * 1000 - 3_600_000,
    ...more,
  });
  simulation.advanceTo(60_000);
  const cluster = new RunningCluster(simulation, undefined, (error) => {
    throw error;
  });
  const listener = await listen(cluster, 0);
  if (speed !== undefined) {
    await cluster.request({
      method: "PATCH",
      path: "/apis/simulation.tabernetes.dev/v1alpha1/clocks/cluster",
      contentType: "application/merge-patch+json",
      body: { spec: { speed } },
    });
    cluster.start();
  }
  return {
    ...listener,
    cluster,
    simulation,
    close: async () => {
      await listener.close();
      cluster.stop();
    },
  };
}
