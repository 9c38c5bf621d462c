import { ArrowLeft, Check, RotateCcw } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { LessonInfo, LessonStep } from "../session/session.ts";
import { useCluster } from "../store/cluster.ts";
import { session } from "../store/connect.ts";
import { markDone, toast } from "../store/ui.ts";
import controls from "../widgets/controls.module.css";
import { IconButton } from "../widgets/IconButton.tsx";
import classes from "./Lessons.module.css";
import { SmallMarkdown } from "./SmallMarkdown.tsx";

/** A lesson being played: its steps, which tick as the cluster shows what they ask for. */
export function LessonPlay({ lesson }: { lesson: LessonInfo }) {
  const view = useCluster((state) => state.lesson);
  const finished = view?.state === "finished";
  useEffect(() => {
    if (finished) markDone(`lesson-${lesson.name}`);
  }, [finished, lesson.name]);
  const done = view?.steps.filter(({ state }) => state === "done").length ?? 0;
  return (
    <div className={classes.scroll}>
      <div className={classes.playHead}>
        <IconButton label="All lessons" onClick={() => void session().lessons.leave()}>
          <ArrowLeft size={16} />
        </IconButton>
        <h2>{lesson.title}</h2>
        <span className={classes.progress}>
          {done} of {lesson.steps.length}
        </span>
        <IconButton label="Begin this lesson anew" onClick={() => void session().lessons.begin(lesson.name)}>
          <RotateCcw size={15} />
        </IconButton>
      </div>
      <ol className={classes.steps}>
        {lesson.steps.map((step, at) => {
          const now = view?.steps[at];
          return (
            <Step
              key={step.id}
              step={step}
              number={at + 1}
              state={now?.state ?? "later"}
              missing={now?.missing ?? []}
            />
          );
        })}
      </ol>
      <p role="status" className={finished ? classes.end : "sr-only"}>
        {finished ? `You have finished ${lesson.title}. The cluster is yours: go on as you like.` : ""}
      </p>
      {finished && (
        <button
          type="button"
          className={`${controls.button} ${classes.back}`}
          onClick={() => void session().lessons.leave()}
        >
          All lessons
        </button>
      )}
    </div>
  );
}

interface StepProps {
  readonly step: LessonStep;
  readonly number: number;
  readonly state: "done" | "current" | "later";
  readonly missing: readonly string[];
}

function Step({ step, number, state, missing }: StepProps) {
  const item = useRef<HTMLLIElement>(null);
  const current = state === "current";
  useEffect(() => {
    if (current) item.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  return (
    <li ref={item} className={classes.step} data-state={state} aria-current={current ? "step" : undefined}>
      <span className={classes.mark} aria-hidden="true">
        {state === "done" ? <Check size={13} strokeWidth={3} /> : number}
      </span>
      <div className={classes.stepText}>
        <h3>
          {step.title}
          {state === "done" && <span className="sr-only"> (done)</span>}
        </h3>
        {current && <CurrentStep step={step} missing={missing} />}
      </div>
    </li>
  );
}

function CurrentStep({ step, missing }: { step: LessonStep; missing: readonly string[] }) {
  const [hint, setHint] = useState(false);
  const [busy, setBusy] = useState(false);
  const act = async () => {
    setBusy(true);
    const wrong = await session().lessons.act(step.id);
    if (wrong) toast("error", wrong);
    setBusy(false);
  };
  return (
    <>
      <SmallMarkdown text={step.text} />
      {missing.length > 0 && (
        <ul className={classes.missing} aria-label="Not yet">
          {missing.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      <div className={classes.stepFoot}>
        {step.action && (
          <button
            type="button"
            className={`${controls.button} ${controls.primary}`}
            disabled={busy}
            onClick={() => void act()}
          >
            {step.action}
          </button>
        )}
        {step.hint && (
          <button type="button" className={controls.link} aria-expanded={hint} onClick={() => setHint(!hint)}>
            {hint ? "Hide the hint" : "Hint"}
          </button>
        )}
      </div>
      {hint && step.hint && (
        <div className={classes.hint}>
          <SmallMarkdown text={step.hint} />
        </div>
      )}
    </>
  );
}
