import { useShallow } from "zustand/react/shallow";
import { useAnyObject, useCluster } from "../store/cluster.ts";
import { type KubeObject, keyOf, nameOf, type Pod, type Ref, refId, splitKey } from "../store/objects.ts";
import type { Projection } from "../store/projection.ts";
import { podStatus, type Tone } from "../store/status.ts";
import { summary } from "../store/summary.ts";
import { select } from "../store/ui.ts";
import { StatusGlyph } from "../widgets/StatusGlyph.tsx";
import classes from "./Inspector.module.css";
import { Section } from "./parts.tsx";

/** Of the dependants of one owner, so many are shown. */
const SHOWN = 40;

/** An object's owners above it, and what it owns below, however far. */
export default function OwnerTree({ selected, object }: { selected: Ref; object: KubeObject }) {
  const owners = useCluster(useShallow((state) => ownersOf(state, selected, object)));
  const lines = useCluster(useShallow((state) => linesBelow(state, object.metadata?.uid, owners.length + 1)));
  return (
    <Section title="Owners above, what it owns below">
      <ul className={classes.tree}>
        {owners.map((line) => (
          <Line key={line} line={line} />
        ))}
        <Line line={`${owners.length} ${refId(selected)}`} isSelf />
        {lines.map((line) => (
          <Line key={line} line={line} />
        ))}
      </ul>
      {owners.length === 0 && lines.length === 0 && (
        <p className={classes.caption}>Nobody owns it, and it owns nothing.</p>
      )}
    </Section>
  );
}

/** Lines are texts, `<depth> <kind>:<key>`, so that they can be compared cheaply. */
function ownersOf(state: Projection, { kind, key }: Ref, object: KubeObject): readonly string[] {
  const found: string[] = [];
  const seen = new Set([refId({ kind, key })]);
  let next: KubeObject | undefined = object;
  while (next !== undefined) {
    const owner = ownerOf(next);
    if (owner === undefined) break;
    const items: ReadonlyMap<string, KubeObject> | undefined = state.kinds[owner.kind]?.items;
    const own = keyOf(next.metadata?.namespace, owner.name);
    const ownerKey: string = items?.has(own) === true ? own : owner.name;
    const id = refId({ kind: owner.kind, key: ownerKey });
    if (seen.has(id)) break;
    seen.add(id);
    found.unshift(id);
    next = items?.get(ownerKey);
  }
  return found.map((id, depth) => `${depth} ${id}`);
}

function ownerOf({ metadata }: KubeObject) {
  const references = metadata?.ownerReferences;
  return references?.find(({ controller }) => controller === true) ?? references?.[0];
}

function linesBelow(state: Projection, uid: string | undefined, depth: number): readonly string[] {
  if (uid === undefined || depth > 8) return [];
  const lines: string[] = [];
  const all = [...(state.ownedBy.get(uid)?.keys ?? [])];
  for (const id of all.slice(0, SHOWN)) {
    const { kind, key } = refOfId(id);
    lines.push(`${depth} ${id}`, ...linesBelow(state, state.kinds[kind]?.items.get(key)?.metadata?.uid, depth + 1));
  }
  if (all.length > SHOWN) lines.push(`${depth} +${all.length - SHOWN}`);
  return lines;
}

function refOfId(id: string): Ref {
  const colon = id.indexOf(":");
  return { kind: id.slice(0, colon), key: id.slice(colon + 1) };
}

function Line({ line, isSelf = false }: { line: string; isSelf?: boolean }) {
  const depth = Number(line.slice(0, line.indexOf(" ")));
  const id = line.slice(line.indexOf(" ") + 1);
  const style = { paddingLeft: depth * 16 };
  if (id.startsWith("+")) {
    return (
      <li style={style}>
        <span className={classes.rowNote}>and {id.slice(1)} more</span>
      </li>
    );
  }
  return (
    <li style={style}>
      <Row selected={refOfId(id)} isSelf={isSelf} />
    </li>
  );
}

/** How it is doing in few words: pods by their own status, others as the lists say it. */
function lineOf(kind: string, object: KubeObject): { readonly tone: Tone; readonly line: string } | undefined {
  if (kind !== "Pod") return summary(kind, object);
  const { tone, word } = podStatus(object as Pod);
  return { tone, line: word };
}

function Row({ selected, isSelf }: { selected: Ref; isSelf: boolean }) {
  const object = useAnyObject(selected.kind, selected.key);
  const state = object && lineOf(selected.kind, object);
  const [, name] = splitKey(selected.key);
  return (
    <button type="button" className={classes.row} aria-current={isSelf || undefined} onClick={() => select(selected)}>
      <StatusGlyph tone={state?.tone ?? "unknown"} size={10} />
      <span className={classes.rowName}>
        <span className={classes.treeKind}>{selected.kind}</span> {object ? nameOf(object) : name}
      </span>
      <span className={classes.rowNote}>{object ? state?.line : "not there"}</span>
    </button>
  );
}
