import { useShallow } from "zustand/react/shallow";
import { faultLabel, isActive } from "../deeds/actions.ts";
import { remove } from "../deeds/requests.ts";
import { send } from "../deeds/run.ts";
import { useCluster, useSlowly } from "../store/cluster.ts";
import { isSystemNamespace, nameOf, splitKey } from "../store/objects.ts";
import { type CrowdView, kindView, type Projection } from "../store/projection.ts";
import { nodeStatus, podStatus, type Tone } from "../store/status.ts";
import { summary } from "../store/summary.ts";
import { totals } from "../store/totals.ts";
import { select, setUi } from "../store/ui.ts";
import controls from "../widgets/controls.module.css";
import { StatusGlyph } from "../widgets/StatusGlyph.tsx";
import classes from "./Inspector.module.css";
import { Section } from "./parts.tsx";

/** Counts of the cluster as flat numbers, so that they can be compared cheaply. */
function counts(
  state: Projection,
): Readonly<Record<"nodes" | "ready" | "running" | "pending" | "failing" | "other", number>> {
  if (state.crowd) return countsOfCrowd(state.crowd);
  const nodes = [...kindView(state, "Node").items.values()];
  const pods = { running: 0, pending: 0, failing: 0, other: 0 };
  for (const pod of kindView(state, "Pod").items.values()) {
    const { tone } = podStatus(pod);
    pods[tone === "running" || tone === "pending" || tone === "failing" ? tone : "other"] += 1;
  }
  return { nodes: nodes.length, ready: nodes.filter((node) => nodeStatus(node).ready).length, ...pods };
}

function countsOfCrowd({ cells, waiting }: CrowdView): ReturnType<typeof counts> {
  const { nodes, nodesReady, pods, running, pending, failing } = totals(cells.values());
  const other = pods - running - pending - failing;
  return { nodes, ready: nodesReady, running, pending: pending + waiting, failing, other };
}

/** What the inspector shows while nothing is selected: the cluster at a glance, and how to go on. */
export function ClusterSummary() {
  const now = useSlowly(counts);
  const deployments = useCluster(
    useShallow((state) =>
      [...kindView(state, "Deployment").items.keys()].filter((key) => !isSystemNamespace(splitKey(key)[0])),
    ),
  );
  const total = now.running + now.pending + now.failing + now.other;
  return (
    <>
      <header className={classes.head}>
        <div className={classes.headText}>
          <p className={classes.kind}>Cluster</p>
          <h2 className={classes.name}>sandbox</h2>
        </div>
      </header>
      <div className={controls.body}>
        <Section>
          <div className={classes.big}>
            <Figure
              value={`${now.ready}/${now.nodes}`}
              caption="nodes ready"
              tone={now.ready < now.nodes ? "failing" : "running"}
            />
            <Figure value={`${now.running}/${total}`} caption="pods running" tone="running" />
            <Figure value={String(now.pending)} caption="pending" tone="pending" />
            <Figure value={String(now.failing)} caption="failing" tone={now.failing > 0 ? "failing" : "completed"} />
          </div>
        </Section>
        <Faults />
        <Section title="Deployments">
          {deployments.length === 0 ? (
            <p className={classes.caption}>None yet. Apply the one in the editor.</p>
          ) : (
            <div className={classes.rows}>
              {deployments.slice(0, 40).map((key) => (
                <DeploymentRow key={key} deployment={key} />
              ))}
            </div>
          )}
        </Section>
        <Section title="How to look around">
          <ul className={classes.keys}>
            <li>Select a node or a pod to see it in full.</li>
            <li>
              Right-click it, or press <kbd>Enter</kbd>, for what you can do to it.
            </li>
            <li>
              <kbd>Space</kbd> pauses time, <kbd>.</kbd> steps one event.
            </li>
            <li>
              <button type="button" className={controls.link} onClick={() => setUi({ helpOpen: true })}>
                All keys and words
              </button>
            </li>
            <li>
              <button type="button" className={controls.link} onClick={() => setUi({ newClusterOpen: true })}>
                New cluster: 3 to 5,000 nodes
              </button>
            </li>
          </ul>
        </Section>
      </div>
    </>
  );
}

function Figure({ value, caption, tone }: { value: string; caption: string; tone: Tone }) {
  return (
    <div>
      <span className={classes.figure}>{value}</span>
      <span className={classes.caption}>
        <span className={classes.state} style={{ fontWeight: 400 }}>
          <StatusGlyph tone={tone} size={9} />
          {caption}
        </span>
      </span>
    </div>
  );
}

function DeploymentRow({ deployment }: { deployment: string }) {
  const object = useCluster((state) => kindView(state, "Deployment").items.get(deployment));
  if (!object) return null;
  const state = summary("Deployment", object);
  return (
    <button type="button" className={classes.row} onClick={() => select({ kind: "Deployment", key: deployment })}>
      <StatusGlyph tone={state?.tone ?? "unknown"} size={10} />
      <span className={classes.rowName}>{nameOf(object)}</span>
      <span className={classes.rowNote}>{state?.line}</span>
    </button>
  );
}

function Faults() {
  const faults = useCluster(
    useShallow((state) =>
      [...kindView(state, "Fault").items]
        .filter(([, item]) => isActive(item))
        .map(([key, item]) => `${key}|${faultLabel(item)}`),
    ),
  );
  if (faults.length === 0) return null;
  return (
    <Section title="Faults at work">
      {faults.map((text) => {
        const [key = "", label = ""] = text.split("|");
        return (
          <div key={key} className={classes.row}>
            <StatusGlyph tone="failing" size={10} />
            <span className="clip">{label}</span>
            <button type="button" className={controls.link} onClick={() => void send(remove({ kind: "Fault", key }))}>
              Heal
            </button>
          </div>
        );
      })}
    </Section>
  );
}
