import { defineRegistry } from "../base/registry.ts";
import type { Controller } from "../controller-runtime/controller.ts";

/** The controllers of the controller manager, in the order they start. */
export const controllers = defineRegistry<Controller>("controller", [], ({ name }) => name);
