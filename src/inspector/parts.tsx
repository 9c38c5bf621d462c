import type { ReactNode } from "react";
import type { Tone } from "../store/status.ts";
import { Explained } from "../widgets/Explained.tsx";
import { StatusGlyph } from "../widgets/StatusGlyph.tsx";
import classes from "./Inspector.module.css";

export function Section({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <section className={classes.section}>
      {title && (
        <h3>
          <Explained text={title} />
        </h3>
      )}
      {children}
    </section>
  );
}

export type FactRow = readonly [name: string, value: ReactNode];

/** Names and values; rows without a value are left out. */
export function Facts({ rows }: { rows: readonly FactRow[] }) {
  return (
    <dl className={classes.facts}>
      {rows
        .filter(([, value]) => value !== undefined && value !== "" && value !== null)
        .map(([name, value]) => [<dt key={`${name}-t`}>{name}</dt>, <dd key={`${name}-d`}>{value}</dd>])}
    </dl>
  );
}

export function State({ tone, word }: { tone: Tone; word: string }) {
  return (
    <span className={classes.state}>
      <StatusGlyph tone={tone} size={13} />
      {word}
    </span>
  );
}

interface ConditionLike {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** Conditions of which it is good to be True, except those named `…Pressure` and their like. */
const BAD_WHEN_TRUE = /Pressure$|Unavailable$|Failure$|^DisruptionTarget$/;

export function Conditions({ items }: { items: readonly ConditionLike[] }) {
  if (items.length === 0) return null;
  return (
    <Section title="Conditions">
      {items.map((item) => {
        const good = BAD_WHEN_TRUE.test(item.type) ? item.status === "False" : item.status === "True";
        const tone: Tone = item.status === "Unknown" ? "unknown" : good ? "running" : "not-ready";
        return (
          <div key={item.type} className={classes.condition}>
            <StatusGlyph tone={tone} size={10} />
            <span>{item.type}</span>
            <span className={classes.rowNote}>{item.status}</span>
            {!good && (item.message || item.reason) && (
              <span className={classes.reason}>
                {item.reason}
                {item.message && `: ${item.message}`}
              </span>
            )}
          </div>
        );
      })}
    </Section>
  );
}

export function Labels({ title, items }: { title: string; items: Readonly<Record<string, string>> | undefined }) {
  const entries = Object.entries(items ?? {});
  if (entries.length === 0) return null;
  return (
    <Section title={title}>
      <div className={classes.labels}>
        {entries.map(([key, value]) => (
          <span key={key} className={classes.label}>
            {key}
            {value && `=${value}`}
          </span>
        ))}
      </div>
    </Section>
  );
}

export function Meter({ share }: { share: number }) {
  return (
    <div className={classes.meter}>
      <span style={{ transform: `scaleX(${Math.min(1, Math.max(0, share))})` }} />
    </div>
  );
}
