import {
  child,
  duplicate,
  type FieldError,
  fieldErrorMessage,
  forbidden,
  index,
  invalid,
  notSupported,
  required,
} from "../../api/meta/field-error.ts";
import { validateLabelName } from "../../api/meta/label-validation.ts";
import type { TopologySpreadConstraint } from "../../api/schema/generated/types.ts";
import { selectorProblems } from "./node-selector-problems.ts";
import type { PluginArgs, PluginWithArgs, ResourceSpec, UtilizationShapePoint } from "./types.ts";

// Models pkg/scheduler/apis/config/validation validation_pluginargs.go; the answers are texts, as the real one logs them.

type Rule<Name extends PluginWithArgs> = (args: PluginArgs[Name], path: string) => readonly FieldError[];

function range(path: string, value: number, least: number, most: number): readonly FieldError[] {
  return value < least || value > most ? [invalid(path, value, `not in valid range [${least}, ${most}]`)] : [];
}

const validatePreemption: Rule<"DefaultPreemption"> = (args, path) => {
  const { minCandidateNodesPercentage: percentage = 0, minCandidateNodesAbsolute: absolute = 0 } = args;
  const percentagePath = child(path, "minCandidateNodesPercentage");
  const absolutePath = child(path, "minCandidateNodesAbsolute");
  const errors = [...range(percentagePath, percentage, 0, 100)];
  if (absolute < 0) errors.push(invalid(absolutePath, absolute, "not in valid range [0, inf)"));
  if (percentage === 0 && absolute === 0) {
    errors.push(
      invalid(percentagePath, percentage, "cannot be zero at the same time as minCandidateNodesAbsolute"),
      invalid(absolutePath, absolute, "cannot be zero at the same time as minCandidateNodesPercentage"),
    );
  }
  return errors;
};

const DEFAULTING_TYPES = ["System", "List"];
const UNSATISFIABLE_ACTIONS = ["DoNotSchedule", "ScheduleAnyway"];

function validateDefaultConstraint(
  constraint: TopologySpreadConstraint,
  earlier: readonly TopologySpreadConstraint[],
  path: string,
): readonly FieldError[] {
  const { maxSkew = 0, topologyKey = "", whenUnsatisfiable = "", labelSelector } = constraint;
  const errors: FieldError[] = [];
  if (maxSkew <= 0) errors.push(invalid(child(path, "maxSkew"), maxSkew, "not in valid range (0, inf)"));
  if (topologyKey === "") errors.push(required(child(path, "topologyKey"), "can not be empty"));
  else errors.push(...validateLabelName(topologyKey, child(path, "topologyKey")));
  const action = child(path, "whenUnsatisfiable");
  if (whenUnsatisfiable === "") errors.push(required(action, "can not be empty"));
  else if (!UNSATISFIABLE_ACTIONS.includes(whenUnsatisfiable)) {
    errors.push(notSupported(action, whenUnsatisfiable, UNSATISFIABLE_ACTIONS));
  }
  if (labelSelector !== undefined) {
    const why = "constraint must not define a selector, as they deduced for each pod";
    errors.push(forbidden(child(path, "labelSelector"), why));
  }
  const same = (one: TopologySpreadConstraint) =>
    one.topologyKey === topologyKey && one.whenUnsatisfiable === whenUnsatisfiable;
  if (earlier.some(same)) errors.push(duplicate(path, `{${topologyKey}, ${whenUnsatisfiable}}`));
  return errors;
}

const validateSpread: Rule<"PodTopologySpread"> = (args, path) => {
  const { defaultConstraints = [], defaultingType = "" } = args;
  const typePath = child(path, "defaultingType");
  const errors: FieldError[] = [];
  if (!DEFAULTING_TYPES.includes(defaultingType)) {
    errors.push(notSupported(typePath, defaultingType, DEFAULTING_TYPES));
  } else if (defaultingType === "System" && defaultConstraints.length > 0) {
    errors.push(invalid(typePath, defaultingType, "when .defaultConstraints are not empty"));
  }
  for (const [at, constraint] of defaultConstraints.entries()) {
    const itemPath = index(child(path, "defaultConstraints"), at);
    errors.push(...validateDefaultConstraint(constraint, defaultConstraints.slice(0, at), itemPath));
  }
  return errors;
};

function validateShape(shape: readonly UtilizationShapePoint[] | undefined, path: string): readonly FieldError[] {
  if (shape === undefined || shape.length === 0) return [required(path, "at least one point must be specified")];
  const errors: FieldError[] = [];
  const falling = shape.findIndex((point, at) => at > 0 && (shape[at - 1]?.utilization ?? 0) >= point.utilization);
  if (falling >= 0) {
    const { utilization = 0 } = shape[falling] ?? {};
    const fieldPath = child(index(path, falling), "utilization");
    errors.push(invalid(fieldPath, utilization, "values must be sorted in increasing order"));
  }
  for (const [at, { utilization = 0, score = 0 }] of shape.entries()) {
    errors.push(...range(child(index(path, at), "utilization"), utilization, 0, 100));
    errors.push(...range(child(index(path, at), "score"), score, 0, 10));
  }
  return errors;
}

const STRATEGIES = ["LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"];

function validateWeights(resources: readonly ResourceSpec[], path: string): readonly FieldError[] {
  return resources.flatMap(({ name, weight = 0 }, at) => {
    if (weight > 0 && weight <= 100) return [];
    return [
      invalid(child(index(path, at), "weight"), weight, `resource weight of ${name} not in valid range (0, 100]`),
    ];
  });
}

function validateStrategy(strategy: PluginArgs["NodeResourcesFit"]["scoringStrategy"], path: string) {
  if (strategy === undefined) return [required(path, "ScoringStrategy field is required")];
  const { type = "", resources = [], requestedToCapacityRatio: ratio } = strategy;
  const ratioPath = child(path, "requestedToCapacityRatio");
  const errors: FieldError[] = [];
  if (!STRATEGIES.includes(type)) errors.push(notSupported(child(path, "type"), type, STRATEGIES));
  errors.push(...validateWeights(resources, child(path, "resources")));
  if (type === "RequestedToCapacityRatio") {
    if (ratio === undefined) {
      errors.push(required(ratioPath, "must be specified when type is RequestedToCapacityRatio"));
    } else errors.push(...validateShape(ratio.shape, child(ratioPath, "shape")));
  } else if (ratio !== undefined) {
    errors.push(forbidden(ratioPath, "must be nil when type is not RequestedToCapacityRatio"));
  }
  return errors;
}

const validateFit: Rule<"NodeResourcesFit"> = (args, path) => {
  const names = (args.ignoredResources ?? []).flatMap((name, at) =>
    validateLabelName(name, index(child(path, "ignoredResources"), at)),
  );
  const groups = (args.ignoredResourceGroups ?? []).flatMap((group, at) => {
    const itemPath = index(child(path, "ignoredResourceGroups"), at);
    const slash = group.includes("/") ? [invalid(itemPath, group, "resource group name can't contain '/'")] : [];
    return [...slash, ...validateLabelName(group, itemPath)];
  });
  return [...names, ...groups, ...validateStrategy(args.scoringStrategy, child(path, "scoringStrategy"))];
};

const validateBalanced: Rule<"NodeResourcesBalancedAllocation"> = ({ resources = [] }, path) =>
  resources.flatMap(({ name, weight }, at) => {
    const itemPath = index(child(path, "resources"), at);
    const isTwice = resources.slice(0, at).some((other) => other.name === name);
    return [
      ...(isTwice ? [duplicate(child(itemPath, "name"), name)] : []),
      ...(weight === 1 ? [] : [invalid(child(itemPath, "weight"), weight, "must be 1")]),
    ];
  });

const validateAffinity: Rule<"InterPodAffinity"> = ({ hardPodAffinityWeight = 0 }, path) =>
  range(child(path, "hardPodAffinityWeight"), hardPodAffinityWeight, 0, 100);

const validateVolumes: Rule<"VolumeBinding"> = ({ bindTimeoutSeconds = 0, shape }, path) => {
  const errors: FieldError[] = [];
  if (bindTimeoutSeconds < 0) {
    const why = "invalid BindTimeoutSeconds, should not be a negative value";
    errors.push(invalid(child(path, "bindTimeoutSeconds"), bindTimeoutSeconds, why));
  }
  if (shape !== undefined) {
    const why = "unexpected field `shape`, remove it or turn on the feature gate StorageCapacityScoring";
    errors.push(invalid(child(path, "shape"), shape, why));
  }
  return errors;
};

const RULES: { readonly [Name in PluginWithArgs]: (args: PluginArgs[Name], path: string) => readonly string[] } = {
  DefaultPreemption: asTexts(validatePreemption),
  InterPodAffinity: asTexts(validateAffinity),
  NodeAffinity: ({ addedAffinity }, path) => selectorProblems(addedAffinity, child(path, "addedAffinity")),
  NodeResourcesBalancedAllocation: asTexts(validateBalanced),
  NodeResourcesFit: asTexts(validateFit),
  PodTopologySpread: asTexts(validateSpread),
  VolumeBinding: asTexts(validateVolumes),
  DynamicResources: () => [],
};

function asTexts<Name extends PluginWithArgs>(rule: Rule<Name>) {
  return (args: PluginArgs[Name], path: string): readonly string[] => rule(args, path).map(fieldErrorMessage);
}

/** What is wrong with a plugin's arguments, which are complete. */
export function argsProblems(name: PluginWithArgs, args: object, path: string): readonly string[] {
  return (RULES[name] as (args: object, path: string) => readonly string[])(args, path);
}
