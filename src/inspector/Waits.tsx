import { useShallow } from "zustand/react/shallow";
import type { ObjectWait, WaitItem } from "../../simulator/index.ts";
import { useAnyObject, useCluster } from "../store/cluster.ts";
import { type KubeObject, nameOf, type Pod, type Ref } from "../store/objects.ts";
import { kindView, type Projection } from "../store/projection.ts";
import { podStatus } from "../store/status.ts";
import { select } from "../store/ui.ts";
import controls from "../widgets/controls.module.css";
import { Countdown } from "./Countdown.tsx";
import { Section } from "./parts.tsx";
import { useAccount } from "./use-account.ts";
import classes from "./Why.module.css";

/** So many pods of a workload are asked what they wait for. */
const MOST_PODS = 8;

/** What an object waits for and until when, and what the pods wait for that it waits for. */
export function Waits({ selected, object }: { selected: Ref; object: KubeObject }) {
  const wait = useAccount<ObjectWait>("waits", selected, object, true);
  const pods = useCluster(useShallow((state) => waitingPods(state, object.metadata?.uid)));
  if (wait === undefined) return null;
  const items = wait?.items ?? [];
  return (
    <Section title="Waits for">
      {items.length === 0 && pods.length === 0 && (
        <p className={classes.note}>Nothing: no part of the cluster waits.</p>
      )}
      <ul className={classes.waits}>
        {items.map((item) => (
          <Item key={`${item.by} ${item.reason} ${item.message}`} item={item} />
        ))}
        {pods.slice(0, MOST_PODS).map((key) => (
          <PodWaits key={key} podKey={key} />
        ))}
      </ul>
      {pods.length > MOST_PODS && <p className={classes.note}>and {pods.length - MOST_PODS} more pods</p>}
    </Section>
  );
}

/** Pods below an owner, however far, that are not ready. */
function waitingPods(state: Projection, uid: string | undefined): readonly string[] {
  const keys: string[] = [];
  const pods = kindView(state, "Pod").items;
  const look = (owner: string | undefined, depth: number) => {
    for (const id of state.ownedBy.get(owner ?? "")?.keys ?? []) {
      const [kind = "", key = ""] = [id.slice(0, id.indexOf(":")), id.slice(id.indexOf(":") + 1)];
      const pod = kind === "Pod" ? pods.get(key) : undefined;
      if (pod !== undefined && isWaiting(pod)) keys.push(key);
      else if (kind !== "Pod" && depth < 4) look(state.kinds[kind]?.items.get(key)?.metadata?.uid, depth + 1);
    }
  };
  if (uid !== undefined) look(uid, 0);
  return keys;
}

function isWaiting(pod: Pod): boolean {
  const { tone } = podStatus(pod);
  return tone !== "running" && tone !== "completed";
}

function PodWaits({ podKey }: { podKey: string }) {
  const pod = useAnyObject("Pod", podKey);
  return pod === undefined ? null : <WaitsOfPod selected={{ kind: "Pod", key: podKey }} pod={pod} />;
}

function WaitsOfPod({ selected, pod }: { selected: Ref; pod: KubeObject }) {
  const wait = useAccount<ObjectWait>("waits", selected, pod, true);
  return (wait?.items ?? []).map((item) => (
    <Item key={`${item.by} ${item.reason} ${item.message}`} item={item} of={selected} name={nameOf(pod)} />
  ));
}

function Item({ item, of, name }: { item: WaitItem; of?: Ref; name?: string }) {
  const { reason, message, by, since, until } = item;
  return (
    <li className={classes.wait}>
      <span className={classes.reason}>{reason}</span>
      {until !== undefined && <Countdown since={since} until={until} />}
      {of !== undefined && (
        <button type="button" className={`${controls.link} ${classes.about}`} onClick={() => select(of)}>
          {name}
        </button>
      )}
      <p className={classes.message}>{message}</p>
      <p className={classes.by}>known by {by}</p>
    </li>
  );
}
