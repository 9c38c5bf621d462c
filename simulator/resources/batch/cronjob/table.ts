import type { Column } from "../../../api/kind.ts";
import { formatLabelSelector } from "../../../api/meta/labels.ts";
import type { CronJob } from "../../../api/refs.ts";
import type { Container } from "../../../api/schema/generated/types.ts";
import { ageColumn, ageSince, NONE, nameColumn, UNSET } from "../../columns.ts";

function containersOf(object: CronJob): readonly Container[] {
  return object.spec.jobTemplate.spec?.template.spec?.containers ?? [];
}

function suspendText({ spec: { suspend } }: CronJob): string {
  if (suspend === undefined) return UNSET;
  return suspend ? "True" : "False";
}

// Models pkg/printers/internalversion printCronJob
export const cronJobColumns: readonly Column<CronJob>[] = [
  nameColumn(),
  {
    name: "Schedule",
    type: "string",
    description: { type: "CronJobSpec", field: "schedule" },
    priority: 0,
    cell: (object) => object.spec.schedule,
  },
  {
    name: "Timezone",
    type: "string",
    description: { type: "CronJobSpec", field: "timeZone" },
    priority: 0,
    cell: (object) => object.spec.timeZone ?? NONE,
  },
  {
    name: "Suspend",
    type: "boolean",
    description: { type: "CronJobSpec", field: "suspend" },
    priority: 0,
    cell: suspendText,
  },
  {
    name: "Active",
    type: "integer",
    description: { type: "CronJobStatus", field: "active" },
    priority: 0,
    cell: (object) => object.status.active?.length ?? 0,
  },
  {
    name: "Last Schedule",
    type: "string",
    description: { type: "CronJobStatus", field: "lastScheduleTime" },
    priority: 0,
    cell: ({ status }, nowMs) =>
      status.lastScheduleTime === undefined ? NONE : ageSince(status.lastScheduleTime, nowMs),
  },
  ageColumn(),
  {
    name: "Containers",
    type: "string",
    description: "Names of each container in the template.",
    priority: 1,
    cell: (object) =>
      containersOf(object)
        .map(({ name }) => name)
        .join(","),
  },
  {
    name: "Images",
    type: "string",
    description: "Images referenced by each container in the template.",
    priority: 1,
    cell: (object) =>
      containersOf(object)
        .map(({ image }) => image ?? "")
        .join(","),
  },
  {
    name: "Selector",
    type: "string",
    description:
      "A label query over pods that should match the pod count. Normally, the system sets this field for you. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
    priority: 1,
    cell: (object) => formatLabelSelector(object.spec.jobTemplate.spec?.selector),
  },
];
