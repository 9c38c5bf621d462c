export interface Cost {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly heapMegabytes: number;
}

export interface Figures extends Cost {
  readonly name: string;
  readonly virtualSeconds: number;
}

/** Runs something once and tells what it took. */
export function measure<T>(action: () => T): Cost & { readonly result: T } {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const result = action();
  const wallSeconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const heapMegabytes = process.memoryUsage().heapUsed / 2 ** 20;
  return { result, wallSeconds, cpuSeconds: (user + system) / 1e6, heapMegabytes };
}
