import type { ComponentDefinition } from "../controller-runtime/component.ts";
import { DEFAULT_OPTIONS, type SchedulerOptions } from "./configuration.ts";
import { plugins } from "./plugins/registry.ts";
import { Scheduler } from "./scheduler.ts";

/** The scheduler as a component of its process; what is not given is as in upstream's default configuration. */
export function schedulerComponent(options: Partial<SchedulerOptions> = {}): ComponentDefinition {
  const complete: SchedulerOptions = { ...DEFAULT_OPTIONS, plugins: plugins.all, ...options };
  return {
    name: "kube-scheduler",
    process: "kube-scheduler",
    eventSource: complete.schedulerName,
    eventHost: "control-plane",
    create: (context) => new Scheduler(context, complete),
  };
}
