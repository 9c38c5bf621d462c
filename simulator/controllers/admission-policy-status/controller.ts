import { VALIDATING_ADMISSION_POLICIES } from "../../api/refs.ts";
import { type Controller, type Outcome, watchRule } from "../../controller-runtime/controller.ts";

// Models pkg/controller/validatingadmissionpolicystatus
/** Says that a policy was looked at. Its expressions are not checked against the types they meet. Keys are names of policies. */
export const admissionPolicyStatusController: Controller = {
  name: "validatingadmissionpolicy-status-controller",
  watches: [
    watchRule(VALIDATING_ADMISSION_POLICIES, ({ type, object }) => (type === "DELETED" ? [] : [object.metadata.name])),
  ],
  create: ({ cache, client }) => ({
    reconcile(name): Outcome {
      const policy = cache.get(VALIDATING_ADMISSION_POLICIES, name);
      if (policy === undefined) return undefined;
      const { generation } = policy.metadata;
      if (policy.status.observedGeneration === generation) return undefined;
      const status = { ...policy.status, observedGeneration: generation, typeChecking: {} };
      const updated = client.updateStatus(VALIDATING_ADMISSION_POLICIES, { ...policy, status });
      return updated.ok || updated.error.code === 404 ? undefined : { failed: updated.error };
    },
  }),
};
