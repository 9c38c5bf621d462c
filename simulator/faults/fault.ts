/**
 * The machines, as faults may touch them. Faults act on machines only, never on API objects: what becomes of those is up
 * to the cluster. `Machines` of the room node/ is one. The booleans say whether the machine (or what it has) was there.
 */
export interface World {
  power(node: string, on: boolean): boolean;
  kubelet(node: string, running: boolean): boolean;
  network(node: string, connected: boolean): boolean;
  /** Kills a container's process; the container's name, or undefined when none was running. */
  crashContainer(node: string, namespace: string, podName: string, container?: string): string | undefined;
  /** Takes a control-plane component's manifest from the kubelet, or gives it back. */
  holdManifest(node: string, process: string, held: boolean): boolean;
  /** Machines that have a component's manifest. */
  withManifest(process: string): readonly string[];
}

export interface NodeTarget {
  readonly kind: "Node";
  readonly node: string;
}
export interface PodTarget {
  readonly kind: "Pod";
  readonly node: string;
  readonly namespace: string;
  readonly name: string;
  readonly container?: string;
}
export interface ComponentTarget {
  readonly kind: "Component";
  readonly node: string;
  readonly name: string;
}
export type Target = NodeTarget | PodTarget | ComponentTarget;
export type TargetKind = Target["kind"];

/** One kind of fault: one file, and one line in the registry. */
export interface FaultDefinition<Kind extends TargetKind = TargetKind> {
  /** Its name in `spec.type`. */
  readonly type: string;
  readonly target: Kind;
  /** Breaks something. Returns what was hit as its status names it, such as `node/worker-1`; undefined: nothing there. */
  apply(target: Extract<Target, { kind: Kind }>, world: World): string | undefined;
  /** Mends what `apply` broke, from the text that it returned. Absent: there is nothing to mend, it is over at once. */
  heal?(hit: string, world: World): void;
}

/** Erases a definition's target kind, for lists. */
export function anyFault<Kind extends TargetKind>(definition: FaultDefinition<Kind>): FaultDefinition {
  return definition as unknown as FaultDefinition;
}

/** `node/worker-1`. */
export function nodeHit(node: string): string {
  return `node/${node}`;
}

/** The parts of a hit's text behind its kind. */
export function hitParts(hit: string): readonly string[] {
  return hit.split("/").slice(1);
}
