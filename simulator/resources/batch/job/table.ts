import type { Column } from "../../../api/kind.ts";
import { humanDuration } from "../../../api/meta/duration.ts";
import { formatLabelSelector } from "../../../api/meta/labels.ts";
import { timeOf } from "../../../api/meta/time.ts";
import type { Job } from "../../../api/refs.ts";
import { ageColumn, containerColumns, nameColumn } from "../../columns.ts";

// Models pkg/printers/internalversion printJob
export const jobColumns: readonly Column<Job>[] = [
  nameColumn(),
  { name: "Status", type: "string", description: "Status of the job.", priority: 0, cell: statusText },
  {
    name: "Completions",
    type: "string",
    description: { type: "JobStatus", field: "succeeded" },
    priority: 0,
    cell: completionsText,
  },
  {
    name: "Duration",
    type: "string",
    description: "Time required to complete the job.",
    priority: 0,
    cell: ({ status }, nowMs) => {
      const started = timeOf(status.startTime);
      return started === undefined ? "" : humanDuration((timeOf(status.completionTime) ?? nowMs) - started);
    },
  },
  ageColumn(),
  ...containerColumns<Job>(),
  {
    name: "Selector",
    type: "string",
    description:
      "A label query over pods that should match the pod count. Normally, the system sets this field for you. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
    priority: 1,
    cell: (object) => formatLabelSelector(object.spec.selector),
  },
];

/** Conditions in the order in which they name the status. */
const ENDED = ["Complete", "Failed"];
const UNDER_WAY = ["Suspended", "FailureTarget", "SuccessCriteriaMet"];

function statusText({ metadata, status }: Job): string {
  const holds = (type: string) => status.conditions?.some((one) => one.type === type && one.status === "True");
  const ended = ENDED.find(holds);
  if (ended !== undefined) return ended;
  return metadata.deletionTimestamp !== undefined ? "Terminating" : (UNDER_WAY.find(holds) ?? "Running");
}

function completionsText({ spec, status }: Job): string {
  const succeeded = status.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}
