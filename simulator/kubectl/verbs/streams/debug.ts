import type { Pod } from "../../../api/schema/generated/types.ts";
import { isObject, type JsonObject } from "../../../base/json.ts";
import { listOf, textOf } from "../../change/object.ts";
import { build, type Info } from "../../cli/builder.ts";
import { type Call, type Command, CommandError, complaint } from "../../cli/command.ts";
import { Discovery } from "../../cli/discovery.ts";
import type { FlagSpec } from "../../cli/flags.ts";
import { watchUntil } from "../../cli/watching.ts";
import { parseManifests } from "../../documents.ts";
import { urlPart } from "../../mapping.ts";
import { IMAGE } from "../run.ts";
import { attachTo } from "./attach.ts";
import {
  type DebugPlan,
  type DebugWish,
  hasContainer,
  lacksRoot,
  nodePod,
  podCopy,
  withEphemeral,
} from "./debug-pods.ts";
import { isProfile } from "./debug-profiles.ts";

const LETTERS = "bcdfghjklmnpqrstvwxz2456789";
const PULL_POLICIES = ["", "Always", "IfNotPresent", "Never"];
const INTERRUPTED = 130;
const FIXED = ["name", "command", "image", "lifecycle", "volumeDevices"];

function kept(name: string, value: boolean, what: string): FlagSpec {
  return { name: `keep-${name}`, type: "bool", default: String(value), usage: `Keep ${what} in a copy.` };
}

/** `kubectl debug`. Models kubectl pkg/cmd/debug. */
export const debug: Command = {
  name: "debug",
  use: "(POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ] [options]",
  short: "Create debugging sessions for troubleshooting workloads and nodes",
  flags: [
    { name: "arguments-only", type: "bool", default: "false", usage: "What follows -- are arguments, not a command." },
    { name: "attach", type: "bool", default: "false", usage: "Attach to the new container; so it is with -i." },
    { name: "container", short: "c", type: "string", default: "", usage: "Name of the new container." },
    { name: "copy-to", type: "string", default: "", usage: "Make a copy of the pod, with this name." },
    { name: "custom", type: "string", default: "", usage: "A file with a part of a container, laid over the profile." },
    { name: "env", type: "stringToString", default: "", usage: "Variables of the new container." },
    { name: "filename", short: "f", type: "stringSlice", default: "", usage: "A file with the object to debug." },
    { name: "image", type: "string", default: "", usage: "Image of the new container." },
    { name: "image-pull-policy", type: "string", default: "", usage: "When its image is pulled." },
    kept("annotations", false, "the pod's annotations"),
    kept("init-containers", true, "the pod's init containers"),
    kept("labels", false, "the pod's labels"),
    kept("liveness", false, "liveness probes"),
    kept("readiness", false, "readiness probes"),
    kept("startup", false, "startup probes"),
    {
      name: "profile",
      type: "string",
      default: "general",
      usage: "general, baseline, restricted, netadmin or sysadmin.",
    },
    { name: "quiet", short: "q", type: "bool", default: "false", usage: "Say less." },
    { name: "replace", type: "bool", default: "false", usage: "With --copy-to, delete the pod that is copied." },
    { name: "same-node", type: "bool", default: "false", usage: "With --copy-to, put the copy on the same node." },
    { name: "set-image", type: "stringToString", default: "", usage: "With --copy-to, other images of containers." },
    { name: "share-processes", type: "bool", default: "true", usage: "With --copy-to, containers see each other's." },
    { name: "stdin", short: "i", type: "bool", default: "false", usage: "Keep standard input open." },
    { name: "target", type: "string", default: "", usage: "The container whose processes are to be seen." },
    { name: "tty", short: "t", type: "bool", default: "false", usage: "With a terminal." },
  ],
  run: runDebug,
};

async function runDebug(call: Call): Promise<number | undefined> {
  const { flags, words, wordsBeforeDash } = call;
  const names = wordsBeforeDash < 0 ? words : words.slice(0, wordsBeforeDash);
  const filenames = flags.list("filename");
  const profile = flags.text("profile");
  if (!isProfile(profile)) throw complaint(`unknown profile: ${profile}`);
  const wish = wishOf(call, await customOf(call));
  checkWish(call, wish, names.length + filenames.length);
  const found: Info[] = [];
  const discovery = new Discovery(call.client);
  // Names and types may stand beside each other.
  for (const word of names) found.push(...(await targetsOf(call, discovery, word)));
  if (filenames.length > 0) {
    const { infos, problems } = await build(call, discovery, { words: [], filenames, latest: true });
    if (problems[0] !== undefined) throw problems[0];
    found.push(...infos);
  }
  let exit: number | undefined;
  for (const info of found) exit = await debugOne(call, wish, info);
  return exit;
}

async function targetsOf(call: Call, discovery: Discovery, word: string): Promise<readonly Info[]> {
  const { infos, problems } = await build(call, discovery, {
    words: [word],
    ...(!word.includes("/") && { type: "pods" }),
    latest: true,
  });
  if (problems[0] !== undefined) throw problems[0];
  return infos;
}

async function customOf({ flags, host }: Call): Promise<JsonObject | undefined> {
  const path = flags.text("custom");
  if (path === "") return undefined;
  const read = await host.files.read(path);
  if (!read.ok) throw complaint(`must pass a container spec json file for custom profile: open ${path}: ${read.error}`);
  const [document] = parseManifests(read.value);
  if (document?.object !== undefined) return document.object;
  throw complaint(`${path} does not contain a valid container spec: ${document?.error?.message ?? "no object"}`);
}

function wishOf({ flags, words, wordsBeforeDash }: Call, custom: JsonObject | undefined): DebugWish {
  return {
    image: flags.text("image"),
    container: flags.text("container"),
    command: wordsBeforeDash < 0 ? [] : words.slice(wordsBeforeDash),
    argumentsOnly: flags.on("arguments-only"),
    env: flags.pairs("env"),
    pullPolicy: flags.text("image-pull-policy"),
    stdin: flags.on("stdin"),
    tty: flags.on("tty"),
    profile: flags.text("profile"),
    keeps: {
      labels: flags.on("keep-labels"),
      annotations: flags.on("keep-annotations"),
      livenessProbe: flags.on("keep-liveness"),
      readinessProbe: flags.on("keep-readiness"),
      startupProbe: flags.on("keep-startup"),
      initContainers: flags.on("keep-init-containers"),
    },
    ...(custom !== undefined && { custom }),
    target: flags.text("target"),
    copyTo: flags.text("copy-to"),
    setImages: flags.pairs("set-image"),
    sameNode: flags.on("same-node"),
    ...(flags.changed("share-processes") && { shareProcesses: flags.on("share-processes") }),
  };
}

// Models kubectl pkg/cmd/debug Validate
/** Refuses what does not go together; tells of the target on the way. `targets`: how many things are to be debugged. */
function checkWish({ flags, host }: Call, wish: DebugWish, targets: number): void {
  const problem = copyProblem(flags.on("attach") && flags.changed("attach"), flags.on("replace"), wish);
  if (problem !== undefined) throw complaint(problem);
  const { image, pullPolicy, setImages, target } = wish;
  const format = "invalid reference format";
  if (image !== "" && !IMAGE.test(image)) throw complaint(`invalid image name ${JSON.stringify(image)}: ${format}`);
  if (targets === 0) throw complaint("NAME or filename is required for debug");
  if (!PULL_POLICIES.includes(pullPolicy)) throw complaint(`invalid image pull policy: ${pullPolicy}`);
  const odd = Object.entries(setImages).find(([, each]) => !IMAGE.test(each));
  if (odd !== undefined) {
    throw complaint(`invalid image name ${JSON.stringify(odd[1])} for container ${JSON.stringify(odd[0])}: ${format}`);
  }
  if (target !== "" && wish.copyTo !== "") {
    throw complaint("--target is incompatible with --copy-to. Use --share-processes instead.");
  }
  if (target !== "" && !flags.on("quiet")) {
    host.out(
      `Targeting container ${JSON.stringify(target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
    );
  }
  if (wish.tty && !wish.stdin) throw complaint("-i/--stdin is required for containers with -t/--tty=true");
  if (FIXED.some((field) => wish.custom?.[field] !== undefined)) {
    throw complaint("name, command, image, lifecycle and volume devices are not modifiable via custom profile");
  }
  if (wish.profile === "legacy") host.err(LEGACY);
}

function copyProblem(attaches: boolean, replaces: boolean, wish: DebugWish): string | undefined {
  const { image, container, command, copyTo, sameNode } = wish;
  const setsImages = Object.keys(wish.setImages).length > 0;
  if (attaches && image === "" && container === "") {
    return "you must specify --container or create a new container using --image in order to attach.";
  }
  if (copyTo !== "") {
    if (image === "" && !setsImages && command.length === 0) {
      return "you must specify --image, --set-image or command arguments.";
    }
    if (command.length > 0 && container === "" && image === "") {
      return "you must specify an existing container or a new image when specifying args.";
    }
    return undefined;
  }
  if (replaces) return "--replace may only be used with --copy-to.";
  if (sameNode) return "--same-node may only be used with --copy-to.";
  if (setsImages) return "--set-image may only be used with --copy-to.";
  return image === "" ? "you must specify --image when not using --copy-to." : undefined;
}

async function debugOne(call: Call, wish: DebugWish, { object, mapping }: Info): Promise<number | undefined> {
  const { flags } = call;
  if (object?.kind !== "Pod" && object?.kind !== "Node") {
    throw complaint(
      `${JSON.stringify(`${mapping.group}/${mapping.version}, Kind=${mapping.kind}`)} not supported by debug`,
    );
  }
  const plan =
    object.kind === "Node"
      ? await debugNode(call, wish, object)
      : wish.copyTo === ""
        ? await debugInside(call, wish, object)
        : await debugCopy(call, wish, object);
  const attaches = flags.changed("attach") ? flags.on("attach") : flags.on("stdin");
  return attaches && plan.container !== "" ? attached(call, plan) : undefined;
}

/** Five letters, by the cluster's clock. */
function suffix({ host }: Call): string {
  let rest = Math.floor(host.nowEpochMs());
  let text = "";
  for (let count = 0; count < 5; count++) {
    text += LETTERS[rest % LETTERS.length];
    rest = Math.floor(rest / LETTERS.length);
  }
  return text;
}

/** A name that no container of the pod has yet; tells of it. */
function newName(call: Call, pod: JsonObject): string {
  let name = `debugger-${suffix(call)}`;
  while (hasContainer(pod, name)) name += "x";
  if (!call.flags.on("quiet")) call.host.out(`Defaulting debug container name to ${name}.\n`);
  return name;
}

const LEGACY =
  '--profile=legacy is deprecated and planned to be removed in v1.39. It is recommended to specify other profile, for example "--profile=general".\n';
const NOT_ROOT =
  'Warning: Non-root user is configured for the entire target Pod, and some capabilities granted by debug profile may not work. Please consider using "--custom" with a custom profile that specifies "securityContext.runAsUser: 0".\n';

const podsPath = (namespace: string) => `/api/v1/namespaces/${urlPart(namespace)}/pods`;

async function debugInside(call: Call, wish: DebugWish, pod: JsonObject): Promise<DebugPlan> {
  const { client, host } = call;
  const plan = withEphemeral(wish, pod, wish.container || newName(call, pod));
  if (lacksRoot(plan)) host.err(NOT_ROOT);
  const path = `${podsPath(textOf(pod, "metadata", "namespace"))}/${urlPart(textOf(pod, "metadata", "name"))}`;
  const added = listOf(plan.pod, "spec", "ephemeralContainers").slice(-1);
  await client.demand({
    method: "PATCH",
    path: `${path}/ephemeralcontainers`,
    contentType: "application/strategic-merge-patch+json",
    body: { spec: { ephemeralContainers: added } },
  });
  return plan;
}

async function debugCopy(call: Call, wish: DebugWish, pod: JsonObject): Promise<DebugPlan> {
  const { client, host, flags } = call;
  const plan = podCopy(wish, pod, () => newName(call, pod));
  if (lacksRoot(plan)) host.err(NOT_ROOT);
  const path = podsPath(textOf(pod, "metadata", "namespace"));
  await client.demand({ method: "POST", path, body: plan.pod });
  if (flags.on("replace")) {
    const body = { kind: "DeleteOptions", apiVersion: "v1", gracePeriodSeconds: 0 };
    await client.demand({ method: "DELETE", path: `${path}/${urlPart(textOf(pod, "metadata", "name"))}`, body });
  }
  return plan;
}

async function debugNode(call: Call, wish: DebugWish, node: JsonObject): Promise<DebugPlan> {
  const { client, host, flags } = call;
  const nodeName = textOf(node, "metadata", "name");
  const plan = nodePod(wish, nodeName, `node-debugger-${nodeName}-${suffix(call)}`);
  if (!flags.on("quiet")) {
    const name = textOf(plan.pod, "metadata", "name");
    host.out(`Creating debugging pod ${name} with container ${plan.container} on node ${nodeName}.\n`);
  }
  const { body } = await client.demand({ method: "POST", path: podsPath(client.namespace), body: plan.pod });
  return { ...plan, pod: body };
}

// Models kubectl pkg/cmd/debug handleAttachPod
/** Goes into the new container once it runs; shows what it said when it has ended by then. */
async function attached(call: Call, { pod, container }: DebugPlan): Promise<number | undefined> {
  const { client, host } = call;
  const [name, namespace] = [textOf(pod, "metadata", "name"), textOf(pod, "metadata", "namespace")];
  const path = podsPath(namespace);
  const query = `container=${urlPart(container)}`;
  const log = async () => {
    const { text } = await client.demand({ method: "GET", path: `${path}/${urlPart(name)}/log?${query}` });
    host.out(text ?? "");
  };
  const up = await podWhenUp(call, path, name, container);
  if (up === undefined) return INTERRUPTED;
  if (isObject(stateOf(up, container).terminated)) {
    await log();
    return undefined;
  }
  try {
    return await attachTo(call, up as Pod, container, "kubectl attach");
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    host.err(`warning: couldn't attach to pod/${name}, falling back to streaming logs: ${error.message}\n`);
    await log();
    return undefined;
  }
}

function stateOf(pod: JsonObject, container: string): JsonObject {
  const statuses = ["initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"];
  const status = statuses.flatMap((list) => listOf(pod, "status", list)).find(({ name }) => name === container);
  return isObject(status?.state) ? status.state : {};
}

// Models kubectl pkg/cmd/debug waitForContainer
/** The pod, as soon as the container runs or has run; undefined when the user wants no more. */
async function podWhenUp(call: Call, path: string, name: string, container: string): Promise<JsonObject | undefined> {
  let found: JsonObject | undefined;
  const field = encodeURIComponent(`metadata.name=${name}`);
  await watchUntil(call, { path: `${path}?fieldSelector=${field}` }, ({ type, object }) => {
    if (type === "DELETED") throw complaint('pods "" not found');
    const state = stateOf(object, container);
    if (isObject(state.running) || isObject(state.terminated)) {
      found = object;
      return true;
    }
    const message = textOf(state, "waiting", "message");
    if (message !== "" && !call.flags.on("quiet")) call.host.err(`Warning: container ${container}: ${message}\n`);
    return false;
  });
  return found;
}
