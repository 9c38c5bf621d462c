import { useShallow } from "zustand/react/shallow";
import { useCluster } from "../store/cluster.ts";
import { type Deployment, nameOf, type ReplicaSet } from "../store/objects.ts";
import { ownedKeys } from "../store/projection.ts";
import { summary } from "../store/summary.ts";
import { select } from "../store/ui.ts";
import { StatusGlyph } from "../widgets/StatusGlyph.tsx";
import classes from "./Inspector.module.css";
import { Age } from "./Overview.tsx";
import { PodRows } from "./PodOverview.tsx";
import { Conditions, Facts, Labels, Section, State } from "./parts.tsx";

const REVISION = "deployment.kubernetes.io/revision";

export function DeploymentOverview({ deployment }: { deployment: Deployment }) {
  const { spec, status, metadata } = deployment;
  const state = summary("Deployment", deployment);
  const sets = useCluster(useShallow((all) => ownedKeys(all, metadata?.uid, "ReplicaSet")));
  const rolling = spec?.strategy?.rollingUpdate;
  return (
    <>
      <Section>
        <Facts
          rows={[
            ["Status", state && <State key="state" tone={state.tone} word={state.line} />],
            ["Wanted", String(spec?.replicas ?? 1)],
            ["Up to date", String(status?.updatedReplicas ?? 0)],
            ["Available", String(status?.availableReplicas ?? 0)],
            ["Strategy", spec?.strategy?.type],
            ["Surge", rolling && `at most ${rolling.maxSurge} more, ${rolling.maxUnavailable} fewer`],
            ["Revision", metadata?.annotations?.[REVISION]],
            ["Rollout", rollout(deployment)],
            ["Age", <Age key="age" object={deployment} />],
          ]}
        />
      </Section>
      <Section title="Replica sets, newest first">
        <div className={classes.rows}>
          {sets.toReversed().map((key) => (
            <SetRow key={key} setKey={key} />
          ))}
        </div>
      </Section>
      <Conditions items={status?.conditions ?? []} />
      <Labels title="Selector" items={spec?.selector?.matchLabels} />
    </>
  );
}

/** The rollout in words, as `kubectl rollout status` judges it. */
function rollout({ spec, status, metadata }: Deployment): string {
  if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0))
    return "waiting for the controller to see the change";
  const wanted = spec?.replicas ?? 1;
  const updated = status?.updatedReplicas ?? 0;
  if (updated < wanted) return `${updated} of ${wanted} new pods made`;
  if ((status?.replicas ?? 0) > updated) return `${(status?.replicas ?? 0) - updated} old pods still to go`;
  if ((status?.availableReplicas ?? 0) < updated) return `${status?.availableReplicas ?? 0} of ${updated} available`;
  return "complete";
}

function SetRow({ setKey }: { setKey: string }) {
  const set = useCluster((state) => state.kinds.ReplicaSet?.items.get(setKey)) as ReplicaSet | undefined;
  if (!set) return null;
  const state = summary("ReplicaSet", set);
  return (
    <button type="button" className={classes.row} onClick={() => select({ kind: "ReplicaSet", key: setKey })}>
      <StatusGlyph tone={state?.tone ?? "unknown"} size={10} />
      <span className={classes.rowName}>{nameOf(set)}</span>
      <span className={classes.rowNote}>{state?.line}</span>
    </button>
  );
}

export function ReplicaSetOverview({ set }: { set: ReplicaSet }) {
  const pods = useCluster(useShallow((state) => ownedKeys(state, set.metadata?.uid, "Pod")));
  const state = summary("ReplicaSet", set);
  return (
    <>
      <Section>
        <Facts
          rows={[
            ["Status", state && <State key="state" tone={state.tone} word={state.line} />],
            ["Wanted", String(set.spec?.replicas ?? 1)],
            ["Now", String(set.status?.replicas ?? 0)],
            ["Ready", String(set.status?.readyReplicas ?? 0)],
            ["Revision", set.metadata?.annotations?.[REVISION]],
            ["Age", <Age key="age" object={set} />],
          ]}
        />
      </Section>
      <Section title={`Pods (${pods.length})`}>{pods.length === 0 ? <p>No pods.</p> : <PodRows keys={pods} />}</Section>
      <Conditions items={set.status?.conditions ?? []} />
      <Labels title="Selector" items={set.spec?.selector.matchLabels} />
    </>
  );
}
