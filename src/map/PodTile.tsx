import { memo, useRef } from "react";
import { useCluster } from "../store/cluster.ts";
import { type Pod, refId } from "../store/objects.ts";
import { kindView, type Projection } from "../store/projection.ts";
import { nodeStatus, type PodStatus, podStatus, type Tone } from "../store/status.ts";
import { StatusGlyph } from "../widgets/StatusGlyph.tsx";
import type { Detail } from "./detail.ts";
import { itemProps, useIsSelected } from "./item.ts";
import classes from "./PodTile.module.css";
import { podName } from "./pod-name.ts";

/** On a chip the name matters more than the word: it is told where something goes wrong. */
const TOLD_ON_CHIPS: ReadonlySet<Tone> = new Set(["failing", "terminating"]);

interface Props {
  readonly podKey: string;
  readonly detail: Detail;
  /** It is gone from the cluster; the tile shrinks away. */
  readonly leaving?: boolean;
}

/** A pod on the map. */
export function PodTile(props: Props) {
  return props.detail === "dot" ? <PodDot {...props} /> : <PodCard {...props} />;
}

/** Of many pods each is a dot: one element without a picture of its own, since a thousand of them are drawn at once. */
const PodDot = memo(function PodDot({ podKey, leaving = false }: Props) {
  // One text for all that is shown: most changes of a pod leave it as it is.
  const told = useCluster((state) => toldOf(state, podKey));
  const last = useRef(told);
  if (told !== undefined) last.current = told;
  const ref = { kind: "Pod", key: podKey };
  const selected = useIsSelected(refId(ref));
  if (last.current === undefined) return null;
  const [tone = "", ...words] = last.current.split(" ");
  return (
    <button
      type="button"
      {...itemProps(ref)}
      className={classes.dot}
      data-tone={tone}
      data-leaving={leaving || undefined}
      data-selected={selected || undefined}
      title={`${podKey}\n${words.join(" ")}`}
      aria-label={`Pod ${podKey}: ${words.join(" ")}`}
    />
  );
});

const known = new WeakMap<Pod, string>();

/** A pod's tone, and how it is in words. */
function toldOf(state: Projection, podKey: string): string | undefined {
  const pod = kindView(state, "Pod").items.get(podKey);
  if (!pod) return undefined;
  const dark = isDark(state, pod);
  let told = dark ? undefined : known.get(pod);
  if (told !== undefined) return told;
  const status = podStatus(pod, dark);
  told = `${status.tone} ${inWords(status, dark)}`;
  if (!dark) known.set(pod, told);
  return told;
}

function isDark(state: Projection, pod: Pod): boolean {
  const node = kindView(state, "Node").items.get(pod.spec?.nodeName ?? "");
  return node !== undefined && nodeStatus(node).dark;
}

const PodCard = memo(function PodCard({ podKey, detail, leaving = false }: Props) {
  const now = useCluster((state) => kindView(state, "Pod").items.get(podKey));
  const last = useRef<Pod | undefined>(now);
  if (now) last.current = now;
  const pod = now ?? last.current;
  const dark = useCluster((state) => pod !== undefined && isDark(state, pod));
  const ref = { kind: "Pod", key: podKey };
  const selected = useIsSelected(refId(ref));
  if (!pod) return null;
  const status = podStatus(pod, dark);
  const { base, suffix } = podName(pod);
  return (
    <button
      type="button"
      {...itemProps(ref)}
      className={classes.pod}
      data-tone={status.tone}
      data-detail={detail}
      data-leaving={leaving || undefined}
      data-selected={selected || undefined}
      title={`${podKey}\n${inWords(status, dark)}`}
    >
      <StatusGlyph tone={status.tone} size={12} />
      <span className="sr-only">Pod </span>
      <span className={classes.name}>
        <span className={classes.base}>{base}</span>
        {suffix && <span className={classes.suffix}>{suffix}</span>}
      </span>
      {(detail === "tile" || (detail === "chip" && TOLD_ON_CHIPS.has(status.tone))) && (
        <span className={classes.word}>{shortWord(status, dark)}</span>
      )}
      {/* What the sight of the tile does not say in words. */}
      <span className="sr-only">{`, ${podKey}: ${inWords(status, dark)}`}</span>
    </button>
  );
});

function shortWord(status: PodStatus, dark: boolean): string {
  const restarts = status.restarts > 0 ? ` ↻${status.restarts}` : "";
  if (dark && status.tone === "unknown") return `${status.word}?`;
  if (status.tone === "not-ready" && status.word === "Running") return `Running, not ready${restarts}`;
  return status.word + restarts;
}

/** The same for a screen reader and the tip. */
export function inWords(status: PodStatus, dark: boolean): string {
  const parts = [status.word, `${status.ready} of ${status.containers} containers ready`];
  if (status.restarts > 0) parts.push(`${status.restarts} ${status.restarts === 1 ? "restart" : "restarts"}`);
  if (dark) parts.push("its node does not answer; this is the last known state");
  return parts.join(", ");
}
