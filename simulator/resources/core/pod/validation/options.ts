/** Where a pod spec stands, as far as its rules depend on it. */
export interface PodValidationOptions {
  /** The spec is a pod's own, not the template of a workload. */
  readonly resourceIsPod: boolean;
}

export const POD_OPTIONS: PodValidationOptions = Object.freeze({ resourceIsPod: true });
export const TEMPLATE_OPTIONS: PodValidationOptions = Object.freeze({ resourceIsPod: false });
