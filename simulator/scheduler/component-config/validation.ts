import { formatDuration, parseDuration } from "../../api/meta/duration.ts";
import { child, duplicate, fieldErrorMessage, index, invalid, required } from "../../api/meta/field-error.ts";
import { equalJson } from "../../base/json.ts";
import { argsProblems } from "./args-validation.ts";
import { type CompleteConfiguration, type CompleteProfile, takesArgs } from "./defaults.ts";
import { CONFIG_VERSION, EXTENSION_POINTS, type ExtensionPoint, type LeaderElectionSpec } from "./types.ts";

// Models pkg/scheduler/apis/config/validation validation.go

/** In-tree volume plugins' limits, which are gone. */
const REMOVED = new Set(["AzureDiskLimits", "CinderLimits", "EBSLimits", "GCEPDLimits"]);

function removed(path: string, name: string): string {
  const version = `was invalid in version "v1" (KubeSchedulerConfiguration is version "${CONFIG_VERSION}")`;
  return fieldErrorMessage(invalid(path, name, version));
}

function percentageProblems(path: string, percentage: number | undefined): readonly string[] {
  if (percentage === undefined || (percentage >= 0 && percentage <= 100)) return [];
  return [fieldErrorMessage(invalid(path, percentage, "not in valid range [0-100]"))];
}

function pluginConfigProblems({ pluginConfig }: CompleteProfile, path: string): readonly string[] {
  return pluginConfig.flatMap(({ name, args }, at) => {
    const itemPath = index(child(path, "pluginConfig"), at);
    const isTwice = pluginConfig.slice(0, at).some((other) => other.name === name);
    const twice = isTwice ? [fieldErrorMessage(duplicate(itemPath, name))] : [];
    if (REMOVED.has(name)) return [...twice, removed(itemPath, name)];
    return takesArgs(name) ? [...twice, ...argsProblems(name, args ?? {}, child(itemPath, "args"))] : twice;
  });
}

function profileProblems(profile: CompleteProfile, path: string): readonly string[] {
  const { schedulerName = "", percentageOfNodesToScore, plugins } = profile;
  const points = Object.keys(EXTENSION_POINTS) as ExtensionPoint[];
  return [
    ...(schedulerName === "" ? [fieldErrorMessage(required(child(path, "schedulerName")))] : []),
    ...percentageProblems(child(path, "percentageOfNodesToScore"), percentageOfNodesToScore),
    ...points.flatMap((point) =>
      (plugins[point]?.enabled ?? []).flatMap(({ name }, at) =>
        REMOVED.has(name) ? [removed(index(child(path, "plugins", point, "enabled"), at), name)] : [],
      ),
    ),
    ...pluginConfigProblems(profile, path),
  ];
}

/** One queue serves all profiles, so that all must sort it alike. Models validateCommonQueueSort. */
function queueSortProblems(profiles: readonly CompleteProfile[]): readonly string[] {
  const [first, ...others] = profiles.map(({ plugins }) => plugins.queueSort ?? {});
  const count = first?.enabled?.length ?? 0;
  const path = (at: number, ...names: string[]) => child(index("profiles", at), "plugins", "queueSort", ...names);
  const tooMany =
    count > 1
      ? [fieldErrorMessage(invalid(path(0, "Enabled"), count, "only one queue sort plugin can be enabled"))]
      : [];
  const unlike = others.flatMap((sort, at) =>
    equalJson(sort, first) ? [] : [fieldErrorMessage(invalid(path(at + 1), sort, "must be the same for all profiles"))],
  );
  return [...tooMany, ...unlike];
}

// Models component-base/config/validation ValidateLeaderElectionConfiguration, with the defaults of component-base/config/v1alpha1
function leaderElectionProblems(spec: LeaderElectionSpec = {}): readonly string[] {
  const { leaderElect = true, leaseDuration = "15s", renewDeadline = "10s", retryPeriod = "2s" } = spec;
  if (!leaderElect) return [];
  const problems: string[] = [];
  const wrong = (field: string, value: unknown, why: string) =>
    problems.push(fieldErrorMessage(invalid(child("leaderElection", field), value, why)));
  const [lease = 0, renew = 0, retry = 0] = [leaseDuration, renewDeadline, retryPeriod].map((text) => {
    const parsed = parseDuration(text);
    return parsed.ok ? parsed.value : 0;
  });
  for (const [field, ms] of Object.entries({ leaseDuration: lease, renewDeadline: renew, retryPeriod: retry })) {
    if (ms <= 0) wrong(field, formatDuration(ms), "must be greater than zero");
  }
  if (lease < renew) {
    wrong("leaseDuration", formatDuration(renew), "LeaseDuration must be greater than RenewDeadline");
  }
  if (renew < retry) wrong("renewDeadline", formatDuration(retry), "RenewDeadline must be greater than RetryPeriod");
  const { resourceLock = "leases" } = spec;
  if (resourceLock !== "leases" && resourceLock !== "") {
    wrong("resourceLock", resourceLock, 'resourceLock value must be "leases"');
  }
  return problems;
}

/** What is wrong with a complete configuration, each in upstream's words. */
export function configurationProblems(configuration: CompleteConfiguration): readonly string[] {
  const { parallelism, profiles, podInitialBackoffSeconds: initial, podMaxBackoffSeconds: most } = configuration;
  const problems: string[] = [];
  const wrong = (path: string, value: unknown, why: string) =>
    problems.push(fieldErrorMessage(invalid(path, value, why)));
  if (parallelism <= 0) wrong("parallelism", parallelism, "should be an integer value greater than zero");
  const { burst = 0 } = configuration.clientConnection ?? {};
  if (burst < 0) wrong("clientConnection.burst", burst, "must be non-negative");
  problems.push(...leaderElectionProblems(configuration.leaderElection));
  const known = new Map<string, number>();
  for (const [at, profile] of profiles.entries()) {
    const path = index("profiles", at);
    problems.push(...profileProblems(profile, path));
    const name = profile.schedulerName ?? "";
    const earlier = known.get(name);
    if (earlier !== undefined) {
      const bad = child(index("profiles", earlier), "schedulerName");
      problems.push(fieldErrorMessage(duplicate(child(path, "schedulerName"), bad)));
    }
    known.set(name, at);
  }
  problems.push(...queueSortProblems(profiles));
  problems.push(...percentageProblems("percentageOfNodesToScore", configuration.percentageOfNodesToScore));
  if (initial <= 0) wrong("podInitialBackoffSeconds", initial, "must be greater than 0");
  if (most < initial) {
    wrong("podMaxBackoffSeconds", most, "must be greater than or equal to PodInitialBackoffSeconds");
  }
  return problems;
}
