import type { Command } from "./cli/command.ts";
import { apiResources, apiVersions } from "./verbs/api-resources.ts";
import { apply } from "./verbs/apply/apply.ts";
import { auth } from "./verbs/auth/auth.ts";
import { autoscale } from "./verbs/autoscale.ts";
import { certificate } from "./verbs/certificate.ts";
import { clusterInfo } from "./verbs/cluster-info.ts";
import { config } from "./verbs/config/config.ts";
import { create } from "./verbs/create/create.ts";
import { deleteCommand } from "./verbs/delete.ts";
import { describe } from "./verbs/describe.ts";
import { diff } from "./verbs/diff.ts";
import { edit } from "./verbs/edit.ts";
import { events } from "./verbs/events.ts";
import { explain } from "./verbs/explain.ts";
import { expose } from "./verbs/expose.ts";
import { get } from "./verbs/get.ts";
import { kustomize } from "./verbs/kustomize.ts";
import { annotate, label } from "./verbs/metadata.ts";
import { cordon, uncordon } from "./verbs/nodes/cordon.ts";
import { drain } from "./verbs/nodes/drain.ts";
import { patch } from "./verbs/patch.ts";
import { replace } from "./verbs/replace.ts";
import { rollout } from "./verbs/rollout/rollout.ts";
import { run } from "./verbs/run.ts";
import { scale } from "./verbs/scale.ts";
import { set } from "./verbs/set/set.ts";
import { attach } from "./verbs/streams/attach.ts";
import { cp } from "./verbs/streams/cp.ts";
import { debug } from "./verbs/streams/debug.ts";
import { exec } from "./verbs/streams/exec.ts";
import { logs } from "./verbs/streams/logs.ts";
import { portForward } from "./verbs/streams/port-forward.ts";
import { taint } from "./verbs/taint.ts";
import { alpha, completion, options, plugin, proxy } from "./verbs/terminal.ts";
import { top } from "./verbs/top.ts";
import { version } from "./verbs/version.ts";
import { wait } from "./verbs/wait.ts";

// Models kubectl pkg/cmd NewKubectlCommand
/** Headings of kubectl's own help. */
const GROUPS = [
  { title: "Basic Commands (Beginner)", names: ["create", "expose", "run", "set"] },
  { title: "Basic Commands (Intermediate)", names: ["explain", "get", "edit", "delete"] },
  { title: "Deploy Commands", names: ["rollout", "scale", "autoscale"] },
  {
    title: "Cluster Management Commands",
    names: ["certificate", "cluster-info", "top", "cordon", "uncordon", "drain", "taint"],
  },
  {
    title: "Troubleshooting and Debugging Commands",
    names: ["describe", "logs", "attach", "exec", "port-forward", "proxy", "cp", "auth", "debug", "events"],
  },
  { title: "Advanced Commands", names: ["diff", "apply", "patch", "replace", "wait", "kustomize"] },
  { title: "Settings Commands", names: ["label", "annotate", "completion"] },
];

/** kubectl's commands, in the order of its own list. A new verb is a file and a line here. */
export const KUBECTL: Command = {
  name: "kubectl",
  short: "kubectl controls the Kubernetes cluster manager.",
  use: "[flags] [options]",
  groups: GROUPS,
  commands: [
    create,
    expose,
    run,
    set,
    explain,
    get,
    edit,
    deleteCommand,
    rollout,
    scale,
    autoscale,
    certificate,
    clusterInfo,
    top,
    cordon,
    uncordon,
    drain,
    taint,
    describe,
    logs,
    attach,
    exec,
    portForward,
    proxy,
    cp,
    auth,
    debug,
    events,
    diff,
    apply,
    patch,
    replace,
    wait,
    kustomize,
    label,
    annotate,
    completion,
    alpha,
    config,
    plugin,
    version,
    apiVersions,
    apiResources,
    options,
  ],
};
