import { readFileSync } from "node:fs";
import { DEFAULT_PARTS, type Parts, Simulation, schedulerProfiles } from "../simulator/index.ts";
import { certificates } from "./certificates.ts";
import { RunningCluster } from "./cluster.ts";
import { DataFolder } from "./data-folder.ts";
import { describeField } from "./descriptions.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { listen } from "./listener.ts";
import { readOptions, type ServeOptions, usage } from "./options.ts";

/** Virtual time that a new cluster has run when it is first seen: its nodes are up by then. */
const BOOT_MS = 60_000;

/** The cluster's parts, with upstream's words for its fields. */
const parts: Parts = { ...DEFAULT_PARTS, describe: describeField };

const options = commandLine();
await serve(options);

function commandLine(): ServeOptions {
  try {
    const read = readOptions(process.argv.slice(2));
    if (read !== "help") return read;
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  } catch (error) {
    return stop(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}

async function serve(wanted: ServeOptions): Promise<void> {
  const { port, nodes, seed, speed, tls, kubeconfig, dataFolder, quiet } = wanted;
  const scheduler = readScheduler(wanted.schedulerConfig);
  const folder = dataFolder === undefined ? undefined : openFolder(dataFolder);
  const simulation =
    (await folder?.restore(parts)) ??
    begin({ workers: nodes, seed, schedulerConfiguration: scheduler, eventTtlMs: wanted.eventTtlMs });
  folder?.keep(simulation);
  // Whoever was connected before a restart is gone.
  simulation.hangUp();
  const { options: kept } = simulation;
  if ((nodes ?? kept.workers) !== kept.workers || (seed ?? kept.seed) !== kept.seed) {
    stop(`${dataFolder} holds a cluster with --nodes ${kept.workers} --seed ${kept.seed}: take another folder`);
  }
  if ((scheduler ?? kept.schedulerConfiguration) !== kept.schedulerConfiguration) {
    stop(`${dataFolder} holds a cluster whose scheduler is configured otherwise: take another folder`);
  }
  if ((wanted.eventTtlMs ?? kept.eventTtlMs) !== kept.eventTtlMs) {
    stop(`${dataFolder} holds a cluster with --event-ttl ${kept.eventTtlMs / 1000}s: take another folder`);
  }
  const cluster = new RunningCluster(simulation, folder, failed);
  if (speed !== undefined) await setSpeed(cluster, speed);
  const pki = tls ? certificates(dataFolder) : undefined;
  const listener = await listen(cluster, port, pki?.server).catch((error) =>
    stop(`Port ${port} can't be had: ${error.message}`),
  );
  if (kubeconfig !== undefined) writeKubeconfig(kubeconfig, { server: listener.url, ...(pki && { tls: pki.client }) });
  cluster.start();
  if (!quiet) process.stdout.write(`Tabernetes serves Kubernetes v1.36 at ${listener.url}\n`);
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, async () => {
      await listener.close();
      cluster.stop();
      await folder?.close();
      process.exit(0);
    });
  }
}

function openFolder(path: string): DataFolder {
  try {
    return new DataFolder(path);
  } catch (error) {
    return stop(error instanceof Error ? error.message : String(error));
  }
}

/** The text of the scheduler's configuration, which can be carried out. */
function readScheduler(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    const text = readFileSync(file, "utf8");
    const profiles = schedulerProfiles(text, parts.plugins.all);
    return profiles.ok ? text : stop(`${file}: ${profiles.error}`);
  } catch (error) {
    return stop(error instanceof Error ? error.message : String(error));
  }
}

type Wanted = { readonly [option in "workers" | "seed" | "eventTtlMs"]: number | undefined } & {
  readonly schedulerConfiguration: string | undefined;
};

/** A new cluster, up and with the wall's time as its own. */
function begin({ workers, seed, eventTtlMs, schedulerConfiguration }: Wanted): Simulation {
  const wanted = {
    shells: true,
    startEpochMs: Math.floor(Date.now() / 1000) * 1000 - BOOT_MS,
    storageClasses: true,
    proxyDaemonSet: true,
    loadBalancers: true,
    metricsServer: true,
    ...(workers !== undefined && { workers }),
    ...(seed !== undefined && { seed }),
    ...(eventTtlMs !== undefined && { eventTtlMs }),
    ...(schedulerConfiguration !== undefined && { schedulerConfiguration }),
  };
  const simulation = Simulation.start(wanted, parts);
  simulation.advanceTo(BOOT_MS);
  return simulation;
}

async function setSpeed(cluster: RunningCluster, speed: number): Promise<void> {
  const answer = await cluster.request({
    method: "PATCH",
    path: "/apis/simulation.tabernetes.dev/v1alpha1/clocks/cluster",
    contentType: "application/merge-patch+json",
    body: { spec: { speed } },
  });
  if (answer.code !== 200) stop(`The speed can't be set: ${answer.body.message}`);
}

/** A run that broke an invariant can't be trusted any more. The message tells how to find it again. */
function failed(error: unknown): void {
  stop(`The simulation stopped: ${error instanceof Error ? error.stack : error}`);
}

function stop(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
