import type { Kind } from "../../../api/kind.ts";
import { JOBS, type Job } from "../../../api/refs.ts";
import { defaultJob } from "./defaults.ts";
import { withGeneratedSelector } from "./selector.ts";
import { validateJobStatusUpdate } from "./status-validation.ts";
import { jobColumns } from "./table.ts";
import { validateJob, validateJobUpdate } from "./validation.ts";
import { jobWarnings } from "./warnings.ts";

const PODS_ARE_KEPT =
  "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning";

export const jobKind: Kind<Job> = {
  ref: JOBS,
  singular: "job",
  categories: ["all"],
  namespaced: true,
  type: "Job",
  hasGeneration: true,
  orphansByDefault: { warning: PODS_ARE_KEPT },
  defaults: defaultJob,
  prepareCreate: (object) => ({ ...withGeneratedSelector(object), status: {} }),
  prepareStatusUpdate: (object, old) => ({ ...old, metadata: object.metadata, status: object.status }),
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  validateStatusUpdate: validateJobStatusUpdate,
  warnings: jobWarnings,
  subresources: { status: true },
  selectableFields: { "status.successful": (object) => String(object.status.succeeded ?? 0) },
  columns: jobColumns,
};
