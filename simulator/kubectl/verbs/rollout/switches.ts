import { formatTime } from "../../../api/meta/time.ts";
import { isObject, type JsonObject } from "../../../base/json.ts";
import { announcer } from "../../change/announce.ts";
import { failWith } from "../../change/failures.ts";
import { fieldManager } from "../../change/flags.ts";
import { patch } from "../../change/write.ts";
import { ApiError } from "../../cli/client.ts";
import { type Call, type Command, CommandError, complaint } from "../../cli/command.ts";
import type { RestMapping } from "../../mapping.ts";
import { PRINT_FLAGS } from "../../print/printer.ts";
import { rollsOut, TARGET_FLAGS, targetsOf } from "./targets.ts";

const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

/** What one of these commands changes; a text is why it can't be. */
interface Switch {
  readonly name: string;
  readonly short: string;
  readonly done: string;
  readonly change: (object: JsonObject, mapping: RestMapping, now: string) => JsonObject | string;
}

const isPaused = (object: JsonObject) => isObject(object.spec) && object.spec.paused === true;
const isDeployment = ({ group, kind }: RestMapping) => group === "apps" && kind === "Deployment";

const PAUSE: Switch = {
  name: "pause",
  short: "Mark the provided resource as paused",
  done: "paused",
  change: (object, mapping) => {
    if (!isDeployment(mapping)) return "pausing is not supported";
    return isPaused(object) ? "is already paused" : { spec: { paused: true } };
  },
};
const RESUME: Switch = {
  name: "resume",
  short: "Resume a paused resource",
  done: "resumed",
  change: (object, mapping) => {
    if (!isDeployment(mapping)) return "resuming is not supported";
    return isPaused(object) ? { spec: { paused: null } } : "is not paused";
  },
};
const RESTART: Switch = {
  name: "restart",
  short: "Restart a resource",
  done: "restarted",
  change: (object, mapping, now) => {
    if (!rollsOut(mapping)) return "restarting is not supported";
    if (isDeployment(mapping) && isPaused(object)) return "can't restart paused deployment (run rollout resume first)";
    return { spec: { template: { metadata: { annotations: { [RESTARTED_AT]: now } } } } };
  },
};

/** `kubectl rollout pause`, `resume` and `restart`. Model kubectl pkg/cmd/rollout. */
export const rolloutPause = commandOf(PAUSE);
export const rolloutResume = commandOf(RESUME);
export const rolloutRestart = commandOf(RESTART);

function commandOf(what: Switch): Command {
  return {
    name: what.name,
    use: "RESOURCE [options]",
    short: what.short,
    flags: [...PRINT_FLAGS, ...TARGET_FLAGS, fieldManager("kubectl-rollout")],
    run: (call) => runSwitch(call, what),
  };
}

async function runSwitch(call: Call, what: Switch): Promise<undefined> {
  const { host, client } = call;
  const { infos, problems } = await targetsOf(call);
  if (infos.length === 0 && problems.length === 0) {
    host.err(`No resources found in ${client.namespace} namespace.\n`);
    return undefined;
  }
  const announce = await announcer(call);
  const failures: CommandError[] = [...problems];
  for (const info of infos) {
    const { mapping, name, object } = info;
    const change = what.change(object, mapping, formatTime(host.nowEpochMs()));
    if (typeof change === "string") {
      const resource = mapping.group === "" ? mapping.plural : `${mapping.plural}.${mapping.group}`;
      failures.push(complaint(`${resource} ${JSON.stringify(name)} ${change}`));
      continue;
    }
    if (restartedAt(object) !== undefined && restartedAt(object) === restartedAt(change)) {
      failures.push(
        complaint(
          `failed to create patch for ${name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`,
        ),
      );
      continue;
    }
    try {
      announce.say(await patch(call, info, "strategic", change), what.done);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      failures.push(
        error instanceof ApiError ? complaint(`failed to patch: ${String(error.response.body.message)}`) : error,
      );
    }
  }
  failWith(failures);
  return undefined;
}

function restartedAt(object: JsonObject): unknown {
  const spec = isObject(object.spec) ? object.spec : {};
  const template = isObject(spec.template) ? spec.template : {};
  const metadata = isObject(template.metadata) ? template.metadata : {};
  return isObject(metadata.annotations) ? metadata.annotations[RESTARTED_AT] : undefined;
}
