import type { Command } from "./cli/command.ts";
import { apiResources, apiVersions } from "./verbs/api-resources.ts";
import { describe } from "./verbs/describe.ts";
import { get } from "./verbs/get.ts";
import { version } from "./verbs/version.ts";

/** kubectl's commands, in the order of its own list. A new verb is a file and a line here. */
export const KUBECTL: Command = {
  name: "kubectl",
  short: "kubectl controls the Kubernetes cluster manager.",
  use: "[flags] [options]",
  commands: [get, describe, apiResources, apiVersions, version],
};
