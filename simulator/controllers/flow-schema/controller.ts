import { FLOW_SCHEMAS, PRIORITY_LEVELS } from "../../api/refs.ts";
import { equalJson } from "../../base/json.ts";
import { type Controller, type Outcome, watchRule } from "../../controller-runtime/controller.ts";

// Models apiserver pkg/util/flowcontrol syncFlowSchemaStatus
/** Says of each flow schema whether its priority level is there. Upstream's API server does it. Keys are names of schemas. */
export const flowSchemaController: Controller = {
  name: "priority-and-fairness-config-producer",
  watches: [
    watchRule(FLOW_SCHEMAS, ({ type, object }) => (type === "DELETED" ? [] : [object.metadata.name])),
    watchRule(PRIORITY_LEVELS, ({ type, object }, cache) =>
      type === "MODIFIED"
        ? []
        : [...cache.list(FLOW_SCHEMAS)]
            .filter(({ spec }) => spec.priorityLevelConfiguration.name === object.metadata.name)
            .map(({ metadata }) => metadata.name),
    ),
  ],
  create: (context) => ({
    reconcile(name): Outcome {
      const { cache, client, now } = context;
      const schema = cache.get(FLOW_SCHEMAS, name);
      if (schema === undefined) return undefined;
      const level = schema.spec.priorityLevelConfiguration.name;
      const isThere = cache.get(PRIORITY_LEVELS, level) !== undefined;
      const conditions = schema.status.conditions ?? [];
      const before = conditions.find(({ type }) => type === "Dangling");
      const intro = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)}`;
      const status = isThere ? "False" : "True";
      const dangling = {
        type: "Dangling",
        status,
        lastTransitionTime: before?.status === status ? before.lastTransitionTime : now,
        reason: isThere ? "Found" : "NotFound",
        message: `${intro} ${isThere ? "and it exists" : "but there is no such object"}`,
      };
      if (equalJson(before, dangling)) return undefined;
      const others = conditions.filter(({ type }) => type !== "Dangling");
      const updated = client.updateStatus(FLOW_SCHEMAS, { ...schema, status: { conditions: [...others, dangling] } });
      return updated.ok || updated.error.code === 404 ? undefined : { failed: updated.error };
    },
  }),
};
