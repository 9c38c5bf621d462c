import { useCluster } from "../store/cluster.ts";
import { keyOf, nameOf, type Pod } from "../store/objects.ts";
import { kindView } from "../store/projection.ts";
import { podRequests, showBytes, showCpu } from "../store/quantity.ts";
import { nodeStatus, podStatus, type Tone } from "../store/status.ts";
import { select } from "../store/ui.ts";
import controls from "../widgets/controls.module.css";
import { StatusGlyph } from "../widgets/StatusGlyph.tsx";
import classes from "./Inspector.module.css";
import { Age } from "./Overview.tsx";
import { Conditions, Facts, Section, State } from "./parts.tsx";

type ContainerStatus = NonNullable<NonNullable<Pod["status"]>["containerStatuses"]>[number];

export function PodOverview({ pod }: { pod: Pod }) {
  const node = pod.spec?.nodeName;
  const dark = useCluster((state) => {
    const found = kindView(state, "Node").items.get(node ?? "");
    return found !== undefined && nodeStatus(found).dark;
  });
  const status = podStatus(pod, dark);
  const asked = podRequests(pod);
  return (
    <>
      <Section>
        <Facts
          rows={[
            [
              "Status",
              <State key="state" tone={status.tone} word={dark ? `${status.word}? (last known)` : status.word} />,
            ],
            ["Ready", `${status.ready}/${status.containers}`],
            ["Restarts", String(status.restarts)],
            ["Node", node ? <NodeLink key="node" name={node} /> : "none yet"],
            ["Pod IP", pod.status?.podIP],
            ["Age", <Age key="age" object={pod} />],
            ["QoS class", pod.status?.qosClass],
            [
              "Requests",
              asked.cpu + asked.memory > 0 ? `${showCpu(asked.cpu)} CPU, ${showBytes(asked.memory)}` : undefined,
            ],
            ["Service account", pod.spec?.serviceAccountName],
            ["Deletion", <Deletion key="deletion" pod={pod} />],
          ]}
        />
      </Section>
      <Section title="Containers">
        {(pod.spec?.containers ?? []).map((container) => (
          <ContainerRow
            key={container.name}
            name={container.name}
            image={container.image ?? ""}
            status={pod.status?.containerStatuses?.find((item) => item.name === container.name)}
          />
        ))}
      </Section>
      <Conditions items={pod.status?.conditions ?? []} />
    </>
  );
}

function NodeLink({ name }: { name: string }) {
  return (
    <button type="button" className={controls.link} onClick={() => select({ kind: "Node", key: name })}>
      {name}
    </button>
  );
}

function Deletion({ pod }: { pod: Pod }) {
  const grace = pod.metadata?.deletionGracePeriodSeconds;
  if (pod.metadata?.deletionTimestamp === undefined) return null;
  return <>asked for, {grace ?? 0} s of grace</>;
}

function containerTone(status: ContainerStatus | undefined): { tone: Tone; word: string; why?: string | undefined } {
  if (!status?.state) return { tone: "pending", word: "Waiting" };
  const { running, waiting, terminated } = status.state;
  if (running)
    return { tone: status.ready ? "running" : "not-ready", word: status.ready ? "Running" : "Running, not ready" };
  if (terminated) {
    const tone = terminated.exitCode === 0 ? "completed" : "failing";
    return { tone, word: terminated.reason ?? `Exit code ${terminated.exitCode}`, why: terminated.message };
  }
  const creating = waiting?.reason === "ContainerCreating" || waiting?.reason === "PodInitializing" || !waiting?.reason;
  return { tone: creating ? "pending" : "failing", word: waiting?.reason ?? "Waiting", why: waiting?.message };
}

function ContainerRow({ name, image, status }: { name: string; image: string; status: ContainerStatus | undefined }) {
  const { tone, word, why } = containerTone(status);
  const last = status?.lastState?.terminated;
  return (
    <div className={classes.condition}>
      <StatusGlyph tone={tone} size={11} />
      <span className={classes.rowName}>{name}</span>
      <span className={classes.rowNote}>{word}</span>
      <span className={classes.reason}>{image}</span>
      {why && <span className={classes.reason}>{why}</span>}
      {status !== undefined && status.restartCount > 0 && (
        <span className={classes.reason}>
          restarted {status.restartCount} {status.restartCount === 1 ? "time" : "times"}
          {last && `; last ended with ${last.reason ?? "exit code"} (${last.exitCode})`}
        </span>
      )}
    </div>
  );
}

/** A list of pods, each a press away. */
export function PodRows({ keys }: { keys: readonly string[] }) {
  const pods = useCluster((state) => kindView(state, "Pod"));
  const shown = keys.slice(0, 60);
  return (
    <div className={classes.rows}>
      {shown.map((key) => {
        const pod = pods.items.get(key);
        if (!pod) return null;
        const status = podStatus(pod);
        return (
          <button
            key={key}
            type="button"
            className={classes.row}
            onClick={() => select({ kind: "Pod", key: keyOf(pod.metadata?.namespace, nameOf(pod)) })}
          >
            <StatusGlyph tone={status.tone} size={10} />
            <span className={classes.rowName}>{nameOf(pod)}</span>
            <span className={classes.rowNote}>{status.word}</span>
          </button>
        );
      })}
      {keys.length > shown.length && <p className={classes.rowNote}>and {keys.length - shown.length} more</p>}
    </div>
  );
}
