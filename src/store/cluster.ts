import { useEffect, useRef, useState } from "react";
import { create } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { shallow } from "zustand/shallow";
import type { KindTypes, KnownKind, KubeObject } from "./objects.ts";
import { emptyProjection, kindView, type Projection } from "./projection.ts";

/** The projection, as React reads it. Only `connect.ts` writes it, once a frame. */
export const useCluster = create<Projection>()(() => emptyProjection());

export function useObject<K extends KnownKind>(kind: K, key: string): KindTypes[K] | undefined {
  return useCluster((state) => kindView(state, kind).items.get(key));
}

export function useAnyObject(kind: string, key: string): KubeObject | undefined {
  return useCluster((state) => state.kinds[kind]?.items.get(key));
}

/** Keys of a kind, in the order they came to be; renders again only when one comes or goes. */
export function useKeys(kind: KnownKind): readonly string[] {
  return useCluster(useShallow((state) => [...kindView(state, kind).items.keys()]));
}

const SLOWLY_MS = 200;

/**
 * A part of the projection that is costly to work out (it looks at all objects): taken a few times a second instead of
 * every frame, and compared field by field. `key` names what else it depends on: a new one takes it at once.
 */
export function useSlowly<T extends object>(select: (state: Projection) => T, key = ""): T {
  const [part, setPart] = useState(() => select(useCluster.getState()));
  const latest = useRef(select);
  latest.current = select;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for what the selector closes over
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let takenMs = 0;
    const take = () => {
      timer = undefined;
      takenMs = performance.now();
      const now = latest.current(useCluster.getState());
      setPart((before) => (shallow(before, now) ? before : now));
    };
    take();
    const stop = useCluster.subscribe(() => {
      if (timer !== undefined) return;
      const leftMs = takenMs + SLOWLY_MS - performance.now();
      // With the batch, where it may be: what is worked out beside it falls on somebody's key.
      if (leftMs <= 0) take();
      else timer = setTimeout(take, leftMs);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [key]);
  return part;
}
