import type { Simulation } from "../../../simulator/index.ts";

/** The objects of one kind, as the simulation's store has them. */
export type SomeCollection = Simulation["store"]["collections"] extends Iterable<infer T> ? T : never;

export function keyOf(metadata: { readonly namespace?: string; readonly name?: string } | undefined): string {
  return metadata?.namespace ? `${metadata.namespace}/${metadata.name}` : `${metadata?.name}`;
}
