import type { Pod } from "../../../api/schema/generated/types.ts";
import { isObject, type JsonObject } from "../../../base/json.ts";
import { type Call, type Command, complaint } from "../../cli/command.ts";
import { podOrOwner } from "../../cli/pods.ts";
import { moment } from "../../cli/watching.ts";
import { urlPart } from "../../mapping.ts";
import { told, usesTerminal } from "./exec.ts";
import { runRemote } from "./remote.ts";

const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** `kubectl debug`. Models kubectl pkg/cmd/debug. */
export const debug: Command = {
  name: "debug",
  use: "(POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ] [options]",
  short: "Create debugging sessions for troubleshooting workloads and nodes",
  flags: [
    { name: "attach", type: "bool", default: "false", usage: "Attach to the new container; so it is with -i." },
    { name: "container", short: "c", type: "string", default: "", usage: "Name of the new container." },
    { name: "copy-to", type: "string", default: "", usage: "Make a copy of the pod, with this name." },
    { name: "env", type: "stringArray", default: "", usage: "Variables of the new container." },
    { name: "image", type: "string", default: "", usage: "Image of the new container." },
    { name: "image-pull-policy", type: "string", default: "", usage: "When its image is pulled." },
    {
      name: "profile",
      type: "string",
      default: "general",
      usage: "general, baseline, restricted, netadmin or sysadmin.",
    },
    { name: "quiet", short: "q", type: "bool", default: "false", usage: "Say less." },
    { name: "stdin", short: "i", type: "bool", default: "false", usage: "Keep standard input open." },
    { name: "target", type: "string", default: "", usage: "The container whose processes are to be seen." },
    { name: "tty", short: "t", type: "bool", default: "false", usage: "With a terminal." },
  ],
  run: runDebug,
};

async function runDebug(call: Call): Promise<number | undefined> {
  const { flags, words, wordsBeforeDash } = call;
  const names = wordsBeforeDash < 0 ? words : words.slice(0, wordsBeforeDash);
  const copy = flags.text("copy-to");
  if (flags.text("image") === "" && copy === "") throw complaint("you must specify --image when not using --copy-to.");
  if (names.length === 0) throw complaint("NAME or filename is required for debug");
  const policy = flags.text("image-pull-policy");
  if (!["", "Always", "IfNotPresent", "Never"].includes(policy))
    throw complaint(`invalid image pull policy: ${policy}`);
  if (flags.on("tty") && !flags.on("stdin")) {
    throw complaint("-i/--stdin is required for containers with -t/--tty=true");
  }
  if (copy !== "") throw complaint("copies of pods (--copy-to) are not simulated here; an ephemeral container is");
  const object = await podOrOwner(call, names);
  if (object.kind === "Node") return debugNode(call, object);
  if (object.kind !== "Pod") throw complaint(`"${String(object.kind)}" not supported by debug`);
  return debugPod(call, object as Pod);
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

function containerFor(call: Call, name: string): JsonObject {
  const { flags, words, wordsBeforeDash } = call;
  const command = wordsBeforeDash < 0 ? [] : words.slice(wordsBeforeDash);
  const env = flags
    .list("env")
    .map((pair) => ({ name: pair.slice(0, pair.indexOf("=")), value: pair.slice(pair.indexOf("=") + 1) }));
  const policy = flags.text("image-pull-policy");
  return {
    name,
    image: flags.text("image"),
    ...(command.length > 0 && { command: [...command] }),
    ...(env.length > 0 && { env }),
    ...(policy !== "" && { imagePullPolicy: policy }),
    ...(flags.on("stdin") && { stdin: true }),
    ...(flags.on("tty") && { tty: true }),
    terminationMessagePolicy: "File",
  };
}

async function debugPod(call: Call, pod: Pod): Promise<number | undefined> {
  const { flags, client, host } = call;
  const { name = "", namespace = "" } = pod.metadata ?? {};
  const container = flags.text("container") || `debugger-${suffix(call)}`;
  const target = flags.text("target");
  if (flags.text("container") === "" && !flags.on("quiet")) {
    host.out(`Defaulting debug container name to ${container}.\n`);
  }
  if (target !== "" && !flags.on("quiet")) {
    host.out(
      `Targeting container ${JSON.stringify(target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
    );
  }
  const added = { ...containerFor(call, container), ...(target !== "" && { targetContainerName: target }) };
  const path = `/api/v1/namespaces/${urlPart(namespace)}/pods/${urlPart(name)}/ephemeralcontainers`;
  const body = { spec: { ephemeralContainers: [added] } };
  await client.demand({ method: "PATCH", path, contentType: "application/strategic-merge-patch+json", body });
  return attached(call, namespace, name, container);
}

async function debugNode(call: Call, node: JsonObject): Promise<number | undefined> {
  const { client, host, flags } = call;
  const nodeName = isObject(node.metadata) ? String(node.metadata.name) : "";
  const name = `node-debugger-${nodeName}-${suffix(call)}`;
  const container = flags.text("container") || "debugger";
  const mounts = [{ mountPath: "/host", name: "host-root" }];
  const spec = {
    containers: [{ ...containerFor(call, container), volumeMounts: mounts }],
    hostIPC: true,
    hostNetwork: true,
    hostPID: true,
    nodeName,
    restartPolicy: "Never",
    tolerations: [{ operator: "Exists" }],
    volumes: [{ name: "host-root", hostPath: { path: "/" } }],
  };
  const labels = { "app.kubernetes.io/managed-by": "kubectl-debug" };
  const body = { apiVersion: "v1", kind: "Pod", metadata: { name, labels }, spec };
  await client.demand({ method: "POST", path: `/api/v1/namespaces/${urlPart(client.namespace)}/pods`, body });
  if (!flags.on("quiet")) {
    host.out(`Creating debugging pod ${name} with container ${container} on node ${nodeName}.\n`);
  }
  return attached(call, client.namespace, name, container);
}

/** With `-i` or `--attach`, goes into the new container once it runs. */
async function attached(call: Call, namespace: string, pod: string, container: string): Promise<number | undefined> {
  const { flags, client, host } = call;
  const attaches = flags.changed("attach") ? flags.on("attach") : flags.on("stdin");
  if (!attaches) return undefined;
  const path = `/api/v1/namespaces/${urlPart(namespace)}/pods/${urlPart(pod)}`;
  for (;;) {
    const { status = {} } = (await client.get(path)).body as Pod;
    const all = [...(status.containerStatuses ?? []), ...(status.ephemeralContainerStatuses ?? [])];
    const state = all.find(({ name }) => name === container)?.state;
    if (state?.running !== undefined || state?.terminated !== undefined) break;
    if (host.interrupt.raised) return 1;
    await moment(call);
  }
  const tty = usesTerminal(call, flags.on("tty"));
  host.err("If you don't see a command prompt, try pressing enter.\n");
  return told(runRemote(call, { namespace, pod, container, stdin: flags.on("stdin"), tty, stderr: !tty }));
}
