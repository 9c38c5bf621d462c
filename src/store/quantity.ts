import type { Pod } from "./objects.ts";

const SCALE: Readonly<Record<string, number>> = {
  "": 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A Kubernetes quantity as a number (cores, bytes, pieces); 0 for what the server would have refused. Display only. */
export function quantity(text: string | number | undefined): number {
  if (typeof text === "number") return text;
  const match = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([A-Za-z]{0,2})$/.exec(text ?? "");
  if (!match) return 0;
  return Number(match[1]) * (SCALE[match[2] ?? ""] ?? 0);
}

export interface Requests {
  readonly cpu: number;
  readonly memory: number;
}

/** What a pod asks of its node: cores and bytes, summed over its containers. */
export function podRequests(pod: Pod): Requests {
  let cpu = 0;
  let memory = 0;
  for (const container of pod.spec?.containers ?? []) {
    cpu += quantity(container.resources?.requests?.cpu);
    memory += quantity(container.resources?.requests?.memory);
  }
  return { cpu, memory };
}

/** 0.25 → `250m`, 4 → `4`. */
export function showCpu(cores: number): string {
  if (cores === 0) return "0";
  return cores >= 10 || Number.isInteger(cores) ? String(Math.round(cores)) : `${Math.round(cores * 1000)}m`;
}

/** Bytes → `512Mi`, `7.6Gi`. */
export function showBytes(bytes: number): string {
  if (bytes >= 2 ** 30) {
    const gibi = bytes / 2 ** 30;
    return `${gibi >= 10 || Number.isInteger(gibi) ? Math.round(gibi) : gibi.toFixed(1)}Gi`;
  }
  return bytes === 0 ? "0" : `${Math.round(bytes / 2 ** 20)}Mi`;
}
