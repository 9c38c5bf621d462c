import type { Pod } from "../api/refs.ts";
import type { Container, FileKeySelector } from "../api/schema/generated/types.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { Agent } from "./agent.ts";
import { textOfBytes } from "./files/bytes.ts";
import { pathNames } from "./files/paths.ts";
import { volumeTree } from "./files/volume-trees.ts";
import type { RuntimePod } from "./runtime.ts";

// Models pkg/kubelet/util/env env_util.go ParseEnv
/** A variable's value in a file of `NAME=value` lines; undefined when it is not there, a failure when a line is none. */
export function valueInFile(text: string, key: string): Result<string | undefined, string> {
  let open = "";
  for (const [at, whole] of text.split("\n").entries()) {
    const line = whole.replace(/^[ \t]+|[ \t\r]+$/g, "");
    const where = `invalid environment variable format at line ${at + 1}`;
    if (line === "" || line.startsWith("#")) {
      // What the file ends with is no line.
      if (open === "" || at === text.split("\n").length - 1) continue;
      return fail(`${where}: ${line === "" ? "blank line" : "comment"} in continuation`);
    }
    const joined = open === "" ? line : `${open} ${line}`;
    if (joined.endsWith("\\")) {
      open = joined.slice(0, -1).replace(/[ \t]+$/, "");
      continue;
    }
    open = "";
    const equals = joined.indexOf("=");
    if (equals < 0 || joined.slice(0, equals).trim() === "") return fail(where);
    if (joined.slice(0, equals).trim() !== key) continue;
    const value = joined.slice(equals + 1).trim();
    return ok(/^'[^']*'$/.test(value) ? value.slice(1, -1) : value);
  }
  return open === "" ? ok(undefined) : fail("unexpected end of file: unfinished line continuation");
}

function read(agent: Agent, runtime: RuntimePod, pod: Pod, from: FileKeySelector): Result<string | undefined, string> {
  const { volumeName, path, key, optional } = from;
  const volume = pod.spec.volumes?.find(({ name }) => name === volumeName);
  if (volume === undefined) return fail(`cannot find the volume "${volumeName}" referenced by FileKeyRef`);
  const { machines, machine } = agent;
  const { tree, root } = volumeTree({ machines, machine, runtime, pod, pins: runtime.pins }, volume);
  const node = tree.find([...root, ...pathNames(path)]);
  if (node?.kind !== "file") return optional === true ? ok(undefined) : fail("couldn't parse env file");
  const value = valueInFile(textOfBytes(node.bytes ?? ""), key);
  if (!value.ok) return fail("couldn't parse env file");
  if (value.value || optional === true) return ok(value.value || undefined);
  const file = `/var/lib/kubelet/pods/${runtime.uid}/volumes/kubernetes.io~empty-dir/${volumeName}/${path}`;
  return fail(`environment variable key "${key}" not found in file "${file}"`);
}

// Models pkg/kubelet kubelet_pods.go makeEnvironmentVariables, its fileKeyRef part
/** The variables that a container takes from files of its volumes, as they are now; or why it can't. */
export function fileVariables(
  agent: Agent,
  runtime: RuntimePod | undefined,
  pod: Pod,
  { env }: Container,
): Result<{ readonly [name: string]: string } | undefined, string> {
  let found: Record<string, string> | undefined;
  for (const { name, valueFrom } of env ?? []) {
    if (valueFrom?.fileKeyRef === undefined || runtime === undefined) continue;
    const value = read(agent, runtime, pod, valueFrom.fileKeyRef);
    if (!value.ok) return value;
    if (value.value !== undefined) found = { ...found, [name]: value.value };
  }
  return ok(found);
}
