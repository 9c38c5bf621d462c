import { parseArgs } from "node:util";
import { parseDuration } from "../simulator/index.ts";

/** What `npm run serve` was asked for. */
export interface ServeOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Workers beside the one control-plane node; undefined: the default, or what the data folder holds. */
  readonly nodes: number | undefined;
  readonly seed: number | undefined;
  /** Virtual seconds per wall second; undefined: 1, or what the data folder holds. */
  readonly speed: number | undefined;
  readonly tls: boolean;
  readonly kubeconfig: string | undefined;
  readonly dataFolder: string | undefined;
  /** A file with the scheduler's KubeSchedulerConfiguration. */
  readonly schedulerConfig: string | undefined;
  /** How long events live; undefined: an hour, or what the data folder holds. */
  readonly eventTtlMs: number | undefined;
  readonly quiet: boolean;
}

/** The port where the real API server listens. */
const DEFAULT_PORT = 6443;
const MAX_NODES = 5000;
/** As fast as it can: the greatest speed that the clock takes, which no machine reaches. */
const MAX_SPEED = 100_000;

export const usage = `Usage: npm run serve -- [options]
Serves a simulated cluster to kubectl and every other Kubernetes client, on this machine only.

  --port N                 where to listen (default ${DEFAULT_PORT}; 0: any free port)
  --nodes N                workers beside the control plane's node (default 3)
  --seed N                 seed of the run (default 1)
  --speed X|max            virtual seconds per second (default 1)
  --tls                    HTTPS, with certificates of its own
  --write-kubeconfig FILE  writes a kubeconfig for this server
  --data-dir DIR           keeps the cluster there: it goes on after a restart
  --scheduler-config FILE  a KubeSchedulerConfiguration, as kube-scheduler's --config takes it
  --event-ttl DURATION     how long events are kept, as 10m (default 1h0m0s)
  --quiet                  prints nothing but errors
  --help                   prints this`;

const flags = {
  port: { type: "string" },
  nodes: { type: "string" },
  seed: { type: "string" },
  speed: { type: "string" },
  tls: { type: "boolean" },
  "write-kubeconfig": { type: "string" },
  "data-dir": { type: "string" },
  "scheduler-config": { type: "string" },
  "event-ttl": { type: "string" },
  quiet: { type: "boolean" },
  help: { type: "boolean" },
} as const;

/** Reads the command line; throws an Error with one sentence when it can't be followed, gives "help" when asked to. */
export function readOptions(args: readonly string[]): ServeOptions | "help" {
  const { values } = parseArgs({ args: [...args], options: flags, strict: true });
  if (values.help) return "help";
  return {
    port: whole("port", values.port, 0, 65_535) ?? DEFAULT_PORT,
    nodes: whole("nodes", values.nodes, 0, MAX_NODES),
    seed: whole("seed", values.seed, 0, Number.MAX_SAFE_INTEGER),
    speed: speedOf(values.speed),
    tls: values.tls ?? false,
    kubeconfig: values["write-kubeconfig"],
    dataFolder: values["data-dir"],
    schedulerConfig: values["scheduler-config"],
    eventTtlMs: durationOf("event-ttl", values["event-ttl"]),
    quiet: values.quiet ?? false,
  };
}

function whole(flag: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new Error(`--${flag} takes a whole number from ${least} to ${most}, not "${text}"`);
}

function speedOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text === "max") return MAX_SPEED;
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && value <= MAX_SPEED) return value;
  throw new Error(`--speed takes a number above 0 up to ${MAX_SPEED}, or max, not "${text}"`);
}

function durationOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const read = parseDuration(text);
  if (read.ok && read.value > 0) return read.value;
  throw new Error(`--${flag} takes a time as 90s, 10m or 1h30m, not "${text}"`);
}
