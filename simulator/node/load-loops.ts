import { PODS } from "../api/refs.ts";
import type { Container } from "../api/schema/generated/types.ts";
import type { Machines } from "./machines.ts";
import { type RuntimeContainer, stateOf } from "./runtime.ts";

/** What a request costs its client besides the sleep between two. */
const ROUND_TRIP_MS = 4;

interface Loop {
  readonly host: string;
  /** Requests a second. */
  readonly rate: number;
}

const loops = new WeakMap<Container, Loop | false>();

const REQUEST = /\b(?:wget|curl)\b[^;|&]*?https?:\/\/([a-z0-9.-]+)/;

/** The loop of requests that a container's command line is, such as `while sleep 0.01; do wget …; done`. */
function loopOf(container: Container): Loop | undefined {
  let loop = loops.get(container);
  if (loop === undefined) {
    const text = [...(container.command ?? []), ...(container.args ?? [])].join(" ");
    const host = /\b(while|until)\b/.test(text) ? REQUEST.exec(text)?.[1] : undefined;
    const sleepMs = Number(/\bsleep\s+([0-9.]+)/.exec(text)?.[1] ?? 0) * 1000;
    loop = host === undefined ? false : { host, rate: 1000 / (sleepMs + ROUND_TRIP_MS) };
    loops.set(container, loop);
  }
  return loop === false ? undefined : loop;
}

/**
 * Requests a second to Services of a namespace from containers that run such loops and whose scripts nobody runs here.
 * Where shells run, their requests are real ones, and counted where they arrive.
 */
export function loopRequests(machines: Machines, namespace: string): ReadonlyMap<string, number> {
  const { sources, nowMs } = machines.ports;
  const rates = new Map<string, number>();
  if (machines.ports.shells !== undefined) return rates;
  for (const pod of sources.cache.byIndex(PODS, "namespace", namespace)) {
    for (const spec of pod.spec.containers) {
      const loop = loopOf(spec);
      if (loop === undefined) continue;
      const [service = "", where = namespace] = loop.host.split(".");
      const runtime = machines.get(pod.spec.nodeName ?? "")?.pods.get(pod.metadata.uid);
      const runs = runtime?.containers.some(
        (each: RuntimeContainer) => each.name === spec.name && stateOf(each, nowMs()) === "running",
      );
      if (runs === true && where === namespace) rates.set(service, (rates.get(service) ?? 0) + loop.rate);
    }
  }
  return rates;
}
