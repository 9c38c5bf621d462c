import { Fragment, useEffect, useState } from "react";
import type { Cause, CauseStep } from "../../simulator/index.ts";
import { useCluster } from "../store/cluster.ts";
import type { KubeObject, Ref } from "../store/objects.ts";
import { showClock, virtualMs } from "../store/time.ts";
import { select } from "../store/ui.ts";
import controls from "../widgets/controls.module.css";
import { chainTo, later, requestOf } from "./causes.ts";
import { refOf } from "./discovery.ts";
import { Section } from "./parts.tsx";
import { useAccount } from "./use-account.ts";
import classes from "./Why.module.css";

/** Latest writes that are shown before "more". */
const SHOWN = 12;

/** Who wrote an object, and which writes led to that, back to an input or to a round that only time brought. */
export default function CauseChain({ selected, object }: { selected: Ref; object: KubeObject }) {
  const cause = useAccount<Cause>("causes", selected, object, false);
  const [all, setAll] = useState(false);
  if (cause === undefined) return <p className={controls.empty}>Loading…</p>;
  if (cause === null) {
    return (
      <p className={controls.empty}>
        The journal tells nothing of it: it remembers the latest 20,000 writes of a simulated cluster.
      </p>
    );
  }
  const first = cause.steps.find(({ revision }) => revision === cause.chain.at(-1));
  const after = later(cause).toReversed();
  const shown = all ? after : after.slice(0, SHOWN);
  return (
    <>
      <Section title="How it came to be">
        {cause.truncated && <p className={classes.note}>What was before is no longer remembered.</p>}
        {first && <Chain steps={chainTo(cause, first)} />}
      </Section>
      {after.length > 0 && (
        <Section title="What happened to it since, latest first">
          <ol className={classes.chain}>
            {shown.map((step) => (
              <Later key={step.revision} cause={cause} step={step} />
            ))}
          </ol>
          {after.length > shown.length && (
            <button type="button" className={controls.link} onClick={() => setAll(true)}>
              {after.length - shown.length} more
            </button>
          )}
        </Section>
      )}
    </>
  );
}

function Chain({ steps }: { steps: readonly CauseStep[] }) {
  return (
    <ol className={classes.chain}>
      {steps.map((step, at) => (
        <li key={step.revision} className={classes.step} data-first={at === 0 || undefined}>
          <Head step={step} isFirst={at === 0} />
        </li>
      ))}
    </ol>
  );
}

/** A later write; the chain that led to it unfolds. */
function Later({ cause, step }: { cause: Cause; step: CauseStep }) {
  const chain = chainTo(cause, step);
  return (
    <li className={classes.step}>
      <Head step={step} isFirst={chain.length === 1} isOwn />
      {chain.length > 1 && (
        <details className={classes.details}>
          <summary>because of {summaryOf(chain.at(-2))}</summary>
          <Chain steps={chain.slice(0, -1)} />
        </details>
      )}
    </li>
  );
}

function summaryOf(step: CauseStep | undefined): string {
  if (step === undefined) return "";
  return `${step.object.resource}/${step.object.name}: ${step.what ?? step.verb} by ${step.by}`;
}

function Head({ step, isFirst, isOwn = false }: { step: CauseStep; isFirst: boolean; isOwn?: boolean }) {
  const time = useCluster(({ clock }) => showClock(virtualMs(step.time, clock) ?? 0));
  const request = requestOf(step.because);
  return (
    <>
      <span className={`${classes.time} num`} title={step.time}>
        {time}
      </span>
      <span className={classes.deed}>
        <b>{step.by}</b> {request?.program ? `(${request.program}) ` : ""}
        {step.verb} {isOwn ? "it" : <ObjectLink step={step} />}
        {step.what && <span className={classes.what}>: {step.what}</span>}
        {request && <Request line={request.line} />}
        {isFirst && request === undefined && step.causedBy === undefined && (
          <span className={classes.request}>in a round of its own{step.because ? `: ${step.because}` : ""}</span>
        )}
      </span>
    </>
  );
}

/** A request, which may be broken after each slash. */
function Request({ line }: { line: string }) {
  return (
    <span className={classes.request}>
      {line.split("/").map((part, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one path have no other name
        <Fragment key={at}>
          {at > 0 && "/"}
          {at > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </span>
  );
}

function ObjectLink({ step: { object } }: { step: CauseStep }) {
  const [ref, setRef] = useState<Ref>();
  const { resource, namespace, name } = object;
  useEffect(() => {
    let here = true;
    void refOf(resource, namespace, name).then((found) => here && setRef(found));
    return () => {
      here = false;
    };
  }, [resource, namespace, name]);
  const text = `${resource.split(".")[0]}/${name}`;
  if (ref === undefined) return <span className={classes.object}>{text}</span>;
  return (
    <button type="button" className={`${controls.link} ${classes.object}`} onClick={() => select(ref)}>
      {text}
    </button>
  );
}
