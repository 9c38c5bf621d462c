import type { AdmissionPlugin } from "./api/admission/plugin.ts";
import { admissionPlugins } from "./api/admission/registry.ts";
import type { Describe, Kind } from "./api/kind.ts";
import type { Registry } from "./base/registry.ts";
import type { Controller } from "./controller-runtime/controller.ts";
import { controllers } from "./controllers/registry.ts";
import type { FaultDefinition } from "./faults/fault.ts";
import { faults } from "./faults/registry.ts";
import { kinds } from "./resources/registry.ts";
import type { PluginDefinition } from "./scheduler/framework.ts";
import { plugins } from "./scheduler/plugins/registry.ts";

/** The registries that a simulation is made from. A test, or a page of one's own, may hand in longer ones. */
export interface Parts {
  readonly kinds: Registry<Kind>;
  readonly controllers: Registry<Controller>;
  readonly admission: Registry<AdmissionPlugin>;
  readonly faults: Registry<FaultDefinition>;
  /** Upstream's words for fields, where an edge has them: they are no part of this repository. */
  readonly describe?: Describe;
  /** Scheduler plugins. */
  readonly plugins: Registry<PluginDefinition>;
}

export const DEFAULT_PARTS: Parts = { kinds, controllers, admission: admissionPlugins, faults, plugins };
