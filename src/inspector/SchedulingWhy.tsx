import { useEffect, useState } from "react";
import { session } from "../store/connect.ts";
import { splitKey } from "../store/objects.ts";
import { select } from "../store/ui.ts";
import controls from "../widgets/controls.module.css";
import { Section } from "./parts.tsx";
import classes from "./SchedulingWhy.module.css";

interface NodeRow {
  readonly name: string;
  readonly rejection?: { readonly plugin: string; readonly reasons?: readonly string[] };
  readonly scores?: Readonly<Record<string, number>>;
  readonly total?: number;
}

/** A SchedulingVerdict of the API, as far as it is shown. */
interface Verdict {
  readonly nodeName?: string;
  readonly message?: string;
  readonly attempt?: number;
  readonly nodeCount?: number;
  readonly weights?: Readonly<Record<string, number>>;
  readonly nodes?: readonly NodeRow[];
  readonly advice?: readonly string[];
}

/** Nodes in a table at most: the best, and some of those that were out of the question. */
const SHOWN = 50;

/** The scheduler's last look at a pod; undefined while it is asked for, null when it is not remembered. */
function useVerdict(podKey: string, version: string | undefined): Verdict | null | undefined {
  const [verdict, setVerdict] = useState<Verdict | null>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each version of the pod may have a new verdict.
  useEffect(() => {
    let here = true;
    const [namespace, name] = splitKey(podKey);
    const path = `/apis/simulation.tabernetes.dev/v1alpha1/namespaces/${namespace}/schedulingverdicts/${name}`;
    void session()
      .request({ method: "GET", path })
      .then(({ code, body }) => here && setVerdict(code === 200 ? (body as Verdict) : null));
    return () => {
      here = false;
    };
  }, [podKey, version]);
  return verdict;
}

/** Why the scheduler put a pod where it is, or nowhere: each plugin's word on each node that it looked at. */
export default function SchedulingWhy({ podKey, version }: { podKey: string; version: string | undefined }) {
  const verdict = useVerdict(podKey, version);
  if (verdict === undefined) return <p className={controls.empty}>Loading…</p>;
  if (verdict === null) {
    return <p className={controls.empty}>The scheduler remembers its last 64 pods; this is none of them.</p>;
  }
  const { nodeName, nodes = [], nodeCount = 0, message, advice = [], weights = {} } = verdict;
  const fitting = nodes.filter(({ rejection }) => !rejection).sort((a, b) => (b.total ?? 0) - (a.total ?? 0));
  const rejected = nodes.filter(({ rejection }) => rejection);
  return (
    <>
      <Section title="Why on this node">
        <p>{nodeName ? `Bound to ${nodeName}, ${rankOf(fitting, nodeName)}.` : message}</p>
        <p className={classes.note}>
          Looked at {nodes.length} of {nodeCount} nodes: {fitting.length} could take it.
        </p>
      </Section>
      {advice.length > 0 && (
        <Section title="What would make it fit">
          <ul className={classes.advice}>
            {advice.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </Section>
      )}
      {fitting.length > 0 && <Scores nodes={fitting} chosen={nodeName} weights={weights} />}
      {rejected.length > 0 && <Rejections nodes={rejected} />}
    </>
  );
}

function rankOf(fitting: readonly NodeRow[], chosen: string): string {
  const total = fitting.find(({ name }) => name === chosen)?.total;
  if (total === undefined) return "the only one that could take it";
  const equals = fitting.filter((each) => each.total === total).length;
  return equals > 1 ? `one of ${equals} with the most points, by lot` : "the one with the most points";
}

function NodeName({ name }: { name: string }) {
  return (
    <button type="button" className={controls.link} onClick={() => select({ kind: "Node", key: name })}>
      {name}
    </button>
  );
}

function Scores(props: { nodes: readonly NodeRow[]; chosen: string | undefined; weights: Verdict["weights"] }) {
  const { nodes, chosen, weights = {} } = props;
  const plugins = Object.keys(weights);
  return (
    <Section title="Points, with the plugins' weights">
      <div className={classes.scroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Node</th>
              {plugins.length > 0 && <th scope="col">Total</th>}
              {plugins.map((plugin) => (
                <th key={plugin} scope="col">
                  {plugin} ×{weights[plugin]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {nodes.slice(0, SHOWN).map(({ name, scores, total }) => (
              <tr key={name} data-chosen={name === chosen || undefined}>
                <th scope="row">
                  <NodeName name={name} />
                </th>
                {plugins.length > 0 && <td className="num">{total}</td>}
                {plugins.map((plugin) => (
                  <td key={plugin} className="num">
                    {scores?.[plugin]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <More count={nodes.length - SHOWN} />
    </Section>
  );
}

function Rejections({ nodes }: { nodes: readonly NodeRow[] }) {
  return (
    <Section title="Filtered out">
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">By</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {nodes.slice(0, SHOWN).map(({ name, rejection }) => (
            <tr key={name}>
              <th scope="row">
                <NodeName name={name} />
              </th>
              <td>{rejection?.plugin}</td>
              <td>{rejection?.reasons?.join(", ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <More count={nodes.length - SHOWN} />
    </Section>
  );
}

function More({ count }: { count: number }) {
  return count > 0 ? <p className={classes.note}>and {count} more nodes</p> : null;
}
