import { defineRegistry } from "../base/registry.ts";
import type { Controller } from "../controller-runtime/controller.ts";
import { deploymentController } from "../resources/apps/deployment/controller.ts";
import { replicaSetController } from "../resources/apps/replicaset/controller.ts";
import { endpointsController } from "../resources/core/endpoints/controller.ts";
import { endpointSliceController } from "../resources/discovery/endpointslice/controller.ts";

/** The controllers of the controller manager, in the order they start. */
export const controllers = defineRegistry<Controller>(
  "controller",
  [endpointsController, endpointSliceController, deploymentController, replicaSetController],
  ({ name }) => name,
);
