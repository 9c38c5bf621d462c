import { useEffect, useRef, useState } from "react";
import type { ApiRequest } from "../../simulator/index.ts";
import { session } from "../store/connect.ts";
import { type Pod, type Ref, splitKey } from "../store/objects.ts";
import controls from "../widgets/controls.module.css";
import classes from "./Inspector.module.css";

/** So many lines are asked for, and so many characters kept while it is followed. */
const TAIL_LINES = 500;
const MOST_CHARACTERS = 200_000;

interface Asked {
  readonly container: string;
  readonly previous: boolean;
  readonly follow: boolean;
}

function requestOf({ key }: Ref, { container, previous, follow }: Asked): ApiRequest {
  const [namespace, name] = splitKey(key);
  const query = new URLSearchParams({ container, tailLines: String(TAIL_LINES) });
  if (previous) query.set("previous", "true");
  if (follow) query.set("follow", "true");
  return { method: "GET", path: `/api/v1/namespaces/${namespace}/pods/${name}/log?${query}` };
}

const utf8 = (bytes: string): string =>
  new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));

const ESCAPE = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, "g");

/** Takes off what would only drive a terminal. */
const plain = (text: string): string => text.replace(ESCAPE, "").replace(/(?![\n\t])\p{Cc}/gu, "");

const words = (body: unknown): string => (body as { message?: string }).message ?? "";

/** A container's log: its last lines, or what comes as it comes. */
export default function LogsView({ selected, pod }: { selected: Ref; pod: Pod }) {
  const containers = containersOf(pod);
  const [container, setContainer] = useState(containers.find(({ isMain }) => isMain)?.name ?? "");
  const [previous, setPrevious] = useState(false);
  const [follow, setFollow] = useState(true);
  const { text, problem } = useLog(
    selected,
    { container, previous, follow: follow && !previous },
    stateOf(pod, container),
  );
  const end = useRef<HTMLPreElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each new text its end is shown
  useEffect(() => {
    if (follow && end.current) end.current.scrollTop = end.current.scrollHeight;
  }, [text, follow]);
  return (
    <div className={classes.logs}>
      <div className={classes.logBar}>
        <select
          className={controls.select}
          aria-label="Container"
          value={container}
          onChange={(event) => setContainer(event.target.value)}
        >
          {containers.map(({ name, isMain }) => (
            <option key={name} value={name}>
              {isMain ? name : `${name} (init)`}
            </option>
          ))}
        </select>
        <label className={classes.check}>
          <input type="checkbox" checked={previous} onChange={(event) => setPrevious(event.target.checked)} />
          previous
        </label>
        <label className={classes.check}>
          <input
            type="checkbox"
            checked={follow && !previous}
            disabled={previous}
            onChange={(event) => setFollow(event.target.checked)}
          />
          follow
        </label>
      </div>
      {problem !== "" && <p className={controls.empty}>{problem}</p>}
      {problem === "" && text === "" && <p className={controls.empty}>It has printed nothing.</p>}
      <section className={classes.logText} aria-label={`Log of ${container}`}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by key */}
        <pre ref={end} tabIndex={0}>
          {text}
        </pre>
      </section>
    </div>
  );
}

function containersOf({ spec }: Pod): readonly { readonly name: string; readonly isMain: boolean }[] {
  return [
    ...(spec?.initContainers ?? []).map(({ name }) => ({ name, isMain: false })),
    ...(spec?.containers ?? []).map(({ name }) => ({ name, isMain: true })),
  ];
}

/** Changes when another run of the container has a log of its own. */
function stateOf({ status }: Pod, container: string): string {
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const found = all.find(({ name }) => name === container);
  return `${found?.restartCount ?? 0} ${Object.keys(found?.state ?? {}).join()}`;
}

function useLog(selected: Ref, asked: Asked, version: string): { readonly text: string; readonly problem: string } {
  const { container, previous, follow } = asked;
  const [log, setLog] = useState({ text: "", problem: "" });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another run of the container has a log of its own
  useEffect(() => {
    let here = true;
    let close = () => {};
    const show = (text: string) => here && setLog({ text: text.slice(-MOST_CHARACTERS), problem: "" });
    const request = requestOf(selected, { container, previous, follow });
    if (follow) {
      let bytes = "";
      show("");
      void session()
        .stream(request, (message) => {
          bytes = (bytes + message.bytes).slice(-MOST_CHARACTERS);
          show(plain(utf8(bytes)));
        })
        .then((opened) => {
          if (!opened.ok) here && setLog({ text: "", problem: words(opened.error.body) });
          else if (here) close = () => opened.value.close();
          else opened.value.close();
        });
    } else {
      void session()
        .request(request)
        .then(({ code, body, text = "" }) =>
          code === 200 ? show(plain(utf8(text))) : here && setLog({ text: "", problem: words(body) }),
        );
    }
    return () => {
      here = false;
      close();
    };
  }, [selected.key, container, previous, follow, version]);
  return log;
}
