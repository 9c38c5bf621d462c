import { useEffect, useState } from "react";
import type { JsonObject } from "../../simulator/index.ts";
import { useCluster } from "../store/cluster.ts";
import { session } from "../store/connect.ts";
import { type KubeObject, type Ref, splitKey } from "../store/objects.ts";
import { resourceOf, servedAs } from "./discovery.ts";

const ACCOUNTS = "/apis/simulation.tabernetes.dev/v1alpha1";
/** Where accounts of objects without a namespace are found. */
const NO_NAMESPACE = "default";
/** Accounts are read again at most so often, while the clock goes on. */
const READ_EVERY_MS = 500;

async function pathOf(kind: "causes" | "waits", object: KubeObject, { key }: Ref): Promise<string | undefined> {
  const served = await servedAs(object.apiVersion ?? "v1", object.kind ?? "");
  if (served === undefined) return undefined;
  const [namespace, name] = splitKey(key);
  return `${ACCOUNTS}/namespaces/${namespace || NO_NAMESPACE}/${kind}/${resourceOf(served)}.${name}`;
}

/**
 * What the cluster tells of an object by itself: its causes or its waits. Undefined while it is being read, null when
 * there is nothing to tell. It is read again when the object changes and, with `often`, as time goes on.
 */
export function useAccount<T>(
  kind: "causes" | "waits",
  ref: Ref,
  object: KubeObject,
  often: boolean,
): T | null | undefined {
  const [account, setAccount] = useState<T | null>();
  const version = object.metadata?.resourceVersion;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each version of the object is told of anew
  useEffect(() => {
    let here = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let readMs = Number.NEGATIVE_INFINITY;
    const read = async () => {
      timer = undefined;
      const atMs = useCluster.getState().clock.nowMs;
      if (atMs === readMs) return;
      readMs = atMs;
      const path = await pathOf(kind, object, ref);
      const answer = path === undefined ? undefined : await session().request({ method: "GET", path });
      if (here) setAccount(answer?.code === 200 ? (answer.body as JsonObject as T) : null);
    };
    void read();
    const stop = often
      ? useCluster.subscribe(() => {
          timer ??= setTimeout(() => void read(), READ_EVERY_MS);
        })
      : () => {};
    return () => {
      here = false;
      clearTimeout(timer);
      stop();
    };
  }, [kind, ref.kind, ref.key, version, often]);
  return account;
}
