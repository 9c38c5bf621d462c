import { useCluster } from "../store/cluster.ts";
import { kindView } from "../store/projection.ts";
import { toast } from "../store/ui.ts";

/** Tells once that the browser keeps nothing. Returns a way to stop. */
export function watchKeeping(): () => void {
  return useCluster.subscribe((now, before) => {
    if (!now.clock.unkept || before.clock.unkept) return;
    toast("info", "This browser does not let the page keep its session: after a reload the cluster begins anew.");
  });
}

/** Tells of faults that could not strike: the API took them, but there was nothing to hit. Returns a way to stop. */
export function watchFaults(): () => void {
  const told = new Set<string>();
  return useCluster.subscribe((now, before) => {
    const faults = kindView(now, "Fault");
    if (faults === kindView(before, "Fault")) return;
    for (const [key, { spec, status, metadata }] of faults.items) {
      const id = metadata?.uid ?? key;
      if (status?.phase !== "Failed" || told.has(id)) continue;
      told.add(id);
      // What was there when the page opened is old news.
      if (before.ready) toast("error", `${spec.type}: ${status.message ?? "nothing was hit"}`);
    }
  });
}
