import { create } from "zustand";
import { useShallow } from "zustand/react/shallow";
import type { KindTypes, KnownKind, KubeObject } from "./objects.ts";
import { emptyProjection, type KindView, kindView, type Projection } from "./projection.ts";

/** The projection, as React reads it. Only `connect.ts` writes it, once a frame. */
export const useCluster = create<Projection>()(() => emptyProjection());

export function useObject<K extends KnownKind>(kind: K, key: string): KindTypes[K] | undefined {
  return useCluster((state) => kindView(state, kind).items.get(key));
}

export function useAnyObject(kind: string, key: string): KubeObject | undefined {
  return useCluster((state) => state.kinds[kind]?.items.get(key));
}

/** All objects of a kind. Renders again whenever one of them changes: for lists that show them all. */
export function useKind<K extends KnownKind>(kind: K): KindView<KindTypes[K]> {
  return useCluster((state) => kindView(state, kind));
}

/** Keys of a kind, in the order they came to be; renders again only when one comes or goes. */
export function useKeys(kind: KnownKind): readonly string[] {
  return useCluster(useShallow((state) => [...kindView(state, kind).items.keys()]));
}

/** A part of the projection, compared field by field. */
export function useClusterPart<T>(select: (state: Projection) => T): T {
  return useCluster(useShallow(select));
}
