import type { JsonObject } from "../../base/json.ts";
import { announcer } from "../change/announce.ts";
import { DRY_RUN, dryRunOf, fieldManager, SAVE_CONFIG } from "../change/flags.ts";
import { savedConfig } from "../change/last-applied.ts";
import { withMetadata } from "../change/object.ts";
import { OVERRIDE_FLAGS, overridden } from "../change/overrides.ts";
import { RECORD, recorded } from "../change/record.ts";
import { CASCADE, removalOf } from "../change/removal.ts";
import { typedForm, typeOf } from "../change/typed.ts";
import { create } from "../change/write.ts";
import { ApiError } from "../cli/client.ts";
import { type Call, type Command, complaint, usageComplaint } from "../cli/command.ts";
import type { FlagSpec } from "../cli/flags.ts";
import type { RestMapping } from "../mapping.ts";
import { PRINT_FLAGS } from "../print/printer.ts";
import { known } from "./create/generator.ts";
import { attachToRun } from "./run-attach.ts";
import { labelPairs, serviceFor } from "./service-wish.ts";

const text = (name: string, usage: string, value = "") => ({ name, type: "string", default: value, usage }) as const;
const bool = (name: string, usage: string, short?: string): FlagSpec => ({
  name,
  type: "bool",
  default: "false",
  usage,
  ...(short && { short }),
});

/** `kubectl run`. Models kubectl pkg/cmd/run. */
export const run: Command = {
  name: "run",
  lookUps: 1,
  use: 'NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...] [options]',
  short: "Run a particular image on the cluster",
  flags: [
    RECORD,
    ...PRINT_FLAGS,
    ...OVERRIDE_FLAGS,
    DRY_RUN,
    SAVE_CONFIG,
    CASCADE,
    fieldManager("kubectl-run"),
    { name: "annotations", type: "stringArray", default: "", usage: "An annotation of the pod: key=value." },
    bool("attach", "Attach to the container once it runs."),
    bool("command", "The words after -- are the command, not its arguments."),
    { name: "env", type: "stringArray", default: "", usage: "A variable of the container: key=value." },
    text("detach-keys", "Taken for the sake of scripts.", "ctrl-p,ctrl-q"),
    { name: "filename", short: "f", type: "stringSlice", default: "", usage: "Taken for the sake of scripts." },
    bool("force", "Taken for the sake of scripts."),
    { name: "grace-period", type: "int", default: "-1", usage: "Taken for the sake of scripts." },
    { ...text("kustomize", "Taken for the sake of scripts."), short: "k" },
    bool("recursive", "Taken for the sake of scripts.", "R"),
    { name: "timeout", type: "duration", default: "0s", usage: "Taken for the sake of scripts." },
    bool("wait", "Taken for the sake of scripts."),
    bool("expose", "Make a service for the pod, too."),
    text("image", "The container's image."),
    text("image-pull-policy", "When the image is pulled."),
    { ...text("labels", "Labels of the pod: a=b,c=d."), short: "l" },
    bool("leave-stdin-open", "Leave the container's input open after the first attach."),
    { name: "pod-running-timeout", type: "duration", default: "1m0s", usage: "How long to wait until the pod runs." },
    text("port", "The port that the container exposes."),
    bool("privileged", "Run the container privileged."),
    bool("quiet", "Say less.", "q"),
    text("restart", "The pod's restart policy: Always, OnFailure or Never.", "Always"),
    bool("rm", "Delete the pod once it has ended; only where it is attached to."),
    bool("stdin", "Keep the container's input open.", "i"),
    bool("tty", "Give the container a terminal.", "t"),
  ],
  required: ["image"],
  run: runRun,
};

export const IMAGE =
  /^(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?))*(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$/;

const POLICIES = ["Always", "OnFailure", "Never"];
const PULL_POLICIES = ["", "Always", "IfNotPresent", "Never"];

// Models kubectl pkg/cmd/run Validate
function check(call: Call): void {
  const { flags, words, wordsBeforeDash } = call;
  if (words.length === 0 || wordsBeforeDash === 0) throw usageComplaint(call, "NAME is required for run");
  const image = flags.text("image");
  if (image === "") throw complaint("--image is required");
  if (!IMAGE.test(image)) throw complaint(`Invalid image name ${JSON.stringify(image)}: invalid reference format`);
  if (flags.on("tty") && !flags.on("stdin")) {
    throw usageComplaint(call, "-i/--stdin is required for containers with -t/--tty=true");
  }
  if (flags.on("expose") && flags.text("port") === "") {
    throw usageComplaint(call, "--port must be set when exposing a service");
  }
  const restart = flags.text("restart");
  if (restart !== "" && !POLICIES.includes(restart)) {
    throw usageComplaint(call, `invalid restart policy: ${restart}`);
  }
  if (!attaches(call) && flags.on("rm")) {
    throw usageComplaint(call, "--rm should only be used for attached containers");
  }
  if (attaches(call) && dryRunOf(flags) !== "none") {
    throw usageComplaint(
      call,
      "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
    );
  }
  const policy = flags.text("image-pull-policy");
  if (!PULL_POLICIES.includes(policy)) throw usageComplaint(call, `invalid image pull policy: ${policy}`);
}

function attaches({ flags }: Call): boolean {
  return flags.changed("attach") ? flags.on("attach") : flags.on("stdin");
}

async function runRun(call: Call): Promise<number | undefined> {
  const { flags, host } = call;
  check(call);
  const say = await announcer(call);
  removalOf(call);
  const plain = overridden(call, typedForm({ group: "", version: "v1", kind: "Pod" }, podFor(call)));
  const pod = recorded(call, plain);
  const made: { object: JsonObject; mapping: RestMapping }[] = [];
  const podMapping = known("v1", "Pod", "pods");
  const created = await send(call, podMapping, pod);
  made.push({ object: created, mapping: podMapping });
  if (flags.on("expose")) {
    const service = await send(call, known("v1", "Service", "services"), serviceOf(call));
    say.sayTyped(service, "created");
    if (flags.text("output") === "yaml") host.out("---\n");
    made.push({ object: service, mapping: known("v1", "Service", "services") });
  }
  if (attaches(call)) return attachToRun(call, created, made);
  say.sayTyped(created, "created");
  return undefined;
}

async function send(call: Call, mapping: RestMapping, object: JsonObject): Promise<JsonObject> {
  try {
    return await sent(call, mapping, object);
  } catch (error) {
    // What it makes is looked up before it is sent.
    if (error instanceof ApiError) call.client.noteUnreachable("/api", error.response);
    throw error;
  }
}

async function sent(call: Call, mapping: RestMapping, object: JsonObject): Promise<JsonObject> {
  const { flags, client } = call;
  const typed = typedForm(typeOf(object), object);
  const placed = client.namespaceGiven ? withMetadata(typed, { namespace: client.namespace }) : typed;
  const kept = flags.on("save-config") ? savedConfig(placed, `${JSON.stringify(placed)}\n`) : placed;
  return dryRunOf(flags) === "client" ? kept : create(call, mapping, client.namespace, kept);
}

// Models kubectl pkg/generate/versioned run.go BasicPod
function podFor(call: Call): JsonObject {
  const { flags, words } = call;
  const [name = "", ...args] = words;
  const labels = flags.text("labels") === "" ? { run: name } : labelPairs(flags.text("labels"));
  const annotations = pairsOf(flags.list("annotations"), (pair) => `unexpected annotation spec: ${pair}`);
  const env = flags.list("env").map((pair) => {
    const [key = "", value] = pair.split(/=(.*)/s);
    if (value === undefined || key === "" || !/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(key)) {
      throw complaint(`invalid env: ${pair}`);
    }
    return { name: key, ...(value !== "" && { value }) };
  });
  const port = flags.text("port");
  if (port !== "" && !/^\d+$/.test(port)) {
    throw complaint(`strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`);
  }
  const container = {
    name,
    image: flags.text("image"),
    ...(args.length > 0 && { [flags.on("command") ? "command" : "args"]: args }),
    ...(env.length > 0 && { env }),
    ...(port !== "" && { ports: [{ containerPort: Number(port) }] }),
    ...(flags.text("image-pull-policy") !== "" && { imagePullPolicy: flags.text("image-pull-policy") }),
    ...(flags.on("privileged") && { securityContext: { privileged: true } }),
    ...(flags.on("stdin") && { stdin: true, ...(!flags.on("leave-stdin-open") && { stdinOnce: true }) }),
    ...(flags.on("tty") && { tty: true }),
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: {
      containers: [container],
      dnsPolicy: "ClusterFirst",
      restartPolicy: flags.text("restart") || (flags.on("stdin") ? "OnFailure" : "Always"),
    },
  };
}

function pairsOf(pairs: readonly string[], problem: (pair: string) => string): JsonObject {
  return Object.fromEntries(
    pairs.map((pair): [string, string] => {
      const [key = "", value] = pair.split(/=(.*)/s);
      if (value === undefined || key === "") throw complaint(problem(pair));
      return [key, value];
    }),
  );
}

function serviceOf({ flags, words }: Call): JsonObject {
  const [name = ""] = words;
  const selector = flags.text("labels") === "" ? { run: name } : labelPairs(flags.text("labels"));
  return serviceFor({
    name,
    labels: {},
    selector,
    ports: [flags.text("port")],
    protocols: new Map(),
    protocol: "",
    targetPort: "",
    type: "",
    clusterIp: "",
    externalIp: "",
    loadBalancerIp: "",
    sessionAffinity: "",
  });
}
