import { useEffect, useState } from "react";
import { session } from "../store/connect.ts";
import { type KubeObject, type Ref, splitKey } from "../store/objects.ts";
import controls from "../widgets/controls.module.css";
import { resourceOf, servedAs } from "./discovery.ts";
import classes from "./Inspector.module.css";

/** It is described again at most so often, in wall time, while the object changes. */
const AGAIN_AFTER_MS = 1000;

async function describe({ key }: Ref, { apiVersion = "v1", kind = "" }: KubeObject): Promise<string> {
  const served = await servedAs(apiVersion, kind);
  if (served === undefined) return `The API does not serve ${kind} of ${apiVersion}.`;
  const [namespace, name] = splitKey(key);
  const place = namespace === "" ? [] : ["-n", namespace];
  const { stdout, stderr } = await session().kubectl(["describe", resourceOf(served), name, ...place]);
  return [...stdout, ...stderr].join("\n");
}

/** `kubectl describe` of the object, as it is now. */
export default function DescribeView({ selected, object }: { selected: Ref; object: KubeObject }) {
  const [text, setText] = useState<string>();
  const version = object.metadata?.resourceVersion;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each version of the object is described anew
  useEffect(() => {
    let here = true;
    const timer = setTimeout(
      () => {
        describe(selected, object).then(
          (described) => here && setText(described),
          (error) => here && setText(String(error)),
        );
      },
      text === undefined ? 0 : AGAIN_AFTER_MS,
    );
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, [selected.kind, selected.key, version]);
  if (text === undefined) return <p className={controls.empty}>Loading…</p>;
  return (
    // A long text scrolls sideways: by key too.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by key
    <section className={classes.describe} aria-label="kubectl describe" tabIndex={0}>
      <pre>{text}</pre>
    </section>
  );
}
