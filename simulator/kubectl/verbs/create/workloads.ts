import { fnv32a } from "../../../api/meta/hash.ts";
import type { JsonObject } from "../../../base/json.ts";
import { metadataOf, partOf } from "../../change/object.ts";
import { build } from "../../cli/builder.ts";
import { type Call, complaint } from "../../cli/command.ts";
import { Discovery } from "../../cli/discovery.ts";
import { type Generator, known } from "./generator.ts";

const IMAGE = { name: "image", type: "string", default: "", usage: "Image to run." } as const;

function commandOf({ words }: Call): { readonly command?: readonly string[] } {
  return words.length > 1 ? { command: words.slice(1) } : {};
}

// Models kubectl pkg/cmd/create create_deployment.go buildPodSpec
/** A container's name from its image: the last part of the path, without tag and digest. */
export function containerName(image: string): string {
  const last = image.split("/").at(-1) ?? "";
  const bare = (last.split(":")[0] ?? "").split("@")[0] ?? "";
  if (!/[_.]/.test(bare)) return bare;
  // kubectl makes such names unique by chance; here the image decides.
  const letters = "bcdfghjklmnpqrstvwxz2456789";
  let rest = fnv32a(image);
  let suffix = "";
  for (let count = 0; count < 5; count++) {
    suffix += letters.charAt(rest % letters.length);
    rest = Math.floor(rest / letters.length);
  }
  return `${bare.replaceAll(/[_.]/g, "-")}-${suffix}`;
}

// Models kubectl pkg/cmd/create create_deployment.go
export const deployment: Generator = {
  name: "deployment",
  aliases: ["deploy"],
  use: "NAME --image=image -- [COMMAND] [args...] [options]",
  short: "Create a deployment with the specified name",
  flags: [
    { name: "image", type: "stringSlice", default: "", usage: "Images to run; each becomes a container." },
    { name: "port", type: "int", default: "-1", usage: "The port that the first container exposes." },
    { name: "replicas", short: "r", type: "int", default: "1", usage: "How many pods there are to be." },
  ],
  required: ["image"],
  mapping: known("apps/v1", "Deployment", "deployments"),
  failing: "failed to create deployment:",
  make(call, name) {
    const { flags } = call;
    const images = flags.list("image");
    const command = commandOf(call);
    if (images.length > 1 && command.command !== undefined) {
      throw complaint("cannot specify multiple --image options and command");
    }
    const port = flags.number("port");
    const labels = { app: name };
    const containers = images.map((image, index) => ({
      name: containerName(image),
      image,
      ...command,
      ...(index === 0 && port >= 0 && { ports: [{ containerPort: port }] }),
    }));
    return {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, labels },
      spec: {
        replicas: flags.number("replicas"),
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } },
      },
    };
  },
};

// Models kubectl pkg/cmd/create create_job.go
export const job: Generator = {
  name: "job",
  use: "NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...] [options]",
  short: "Create a job with the specified name",
  flags: [IMAGE, { name: "from", type: "string", default: "", usage: "The cron job to make it of: cronjob/name." }],
  mapping: known("batch/v1", "Job", "jobs"),
  failing: "failed to create job:",
  async make(call, name) {
    const { flags, words } = call;
    const image = flags.text("image");
    const from = flags.text("from");
    if ((image === "") === (from === "")) throw complaint("either --image or --from must be specified");
    if (from !== "" && words.length > 1) throw complaint("cannot specify --from and command");
    if (from !== "") return jobOf(name, await cronJobOf(call, from));
    return {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name },
      spec: { template: { spec: { containers: [{ name, image, ...commandOf(call) }], restartPolicy: "Never" } } },
    };
  },
};

async function cronJobOf(call: Call, from: string): Promise<JsonObject> {
  const { infos, problems } = await build(call, new Discovery(call.client), { words: [from], latest: true }).catch(
    async (error: unknown) => {
      // A type alone is looked up before its name is missed.
      if (!from.includes("/")) await new Discovery(call.client).find(from);
      throw error;
    },
  );
  const [problem] = problems;
  if (problem !== undefined) throw problem;
  const object = infos[0]?.object;
  if (infos.length !== 1 || object === undefined) throw complaint("from must be an existing cronjob");
  const { kind, version } = infos[0]?.mapping ?? { kind: "", version: "" };
  if (kind !== "CronJob") throw complaint(`unknown object type *${version}.${kind}`);
  return object;
}

function jobOf(name: string, cronJob: JsonObject): JsonObject {
  const template = partOf(cronJob, "spec", "jobTemplate");
  const { labels, annotations } = metadataOf(template);
  const { name: owner = "", uid = "" } = metadataOf(cronJob);
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name,
      annotations: { "cronjob.kubernetes.io/instantiate": "manual", ...(annotations as JsonObject | undefined) },
      ...(labels !== undefined && { labels }),
      ownerReferences: [{ apiVersion: "batch/v1", kind: "CronJob", name: owner, uid, controller: true }],
    },
    spec: partOf(template, "spec"),
  };
}

// Models kubectl pkg/cmd/create create_cronjob.go
export const cronJob: Generator = {
  name: "cronjob",
  aliases: ["cj"],
  use: "NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags] [options]",
  short: "Create a cron job with the specified name",
  flags: [
    IMAGE,
    { name: "schedule", type: "string", default: "", usage: "When to run, in five fields." },
    { name: "restart", type: "string", default: "", usage: "The pods' restart policy: OnFailure or Never." },
  ],
  required: ["image", "schedule"],
  mapping: known("batch/v1", "CronJob", "cronjobs"),
  failing: "failed to create cronjob:",
  make(call, name) {
    const { flags } = call;
    const container = { name, image: flags.text("image"), ...commandOf(call) };
    const spec = { containers: [container], restartPolicy: flags.text("restart") || "OnFailure" };
    return {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name },
      spec: { schedule: flags.text("schedule"), jobTemplate: { metadata: { name }, spec: { template: { spec } } } },
    };
  },
};
