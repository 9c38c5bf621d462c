import type { ComponentDefinition } from "../controller-runtime/component.ts";
import { DEFAULT_OPTIONS, type SchedulerOptions } from "./configuration.ts";
import { plugins } from "./plugins/registry.ts";
import { Scheduler } from "./scheduler.ts";

/**
 * The scheduler as a component of its process. Each of `profiles` serves the pods of one scheduler name; what is not given
 * is as in upstream's default configuration.
 */
export function schedulerComponent(profiles: readonly Partial<SchedulerOptions>[] = [{}]): ComponentDefinition {
  const complete = profiles.map((one): SchedulerOptions => ({ ...DEFAULT_OPTIONS, plugins: plugins.all, ...one }));
  return {
    name: "kube-scheduler",
    process: "kube-scheduler",
    eventSource: DEFAULT_OPTIONS.schedulerName,
    eventHost: "control-plane",
    create: (context) => new Scheduler(context, complete),
  };
}
