import { defineRegistry } from "../../base/registry.ts";
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from "./certificates.ts";
import { claimResize } from "./claim-resize.ts";
import { defaultIngressClass } from "./default-ingress-class.ts";
import { defaultStorageClass } from "./default-storage-class.ts";
import { defaultTolerations } from "./default-tolerations.ts";
import { limitRanger } from "./limit-ranger.ts";
import { namespaceLifecycle } from "./namespace-lifecycle.ts";
import { nodeRestriction } from "./node-restriction.ts";
import type { AdmissionPlugin } from "./plugin.ts";
import { podSecurity } from "./pod-security/plugin.ts";
import { mutatingAdmissionPolicy } from "./policies/mutating.ts";
import { validatingAdmissionPolicy } from "./policies/validating.ts";
import { mutatingWebhook, validatingWebhook } from "./policies/webhooks.ts";
import { priority } from "./priority.ts";
import { resourceQuota } from "./resource-quota.ts";
import { runtimeClass } from "./runtime-class.ts";
import { serviceAccount } from "./service-account.ts";
import { storageProtection } from "./storage-protection.ts";
import { taintNewNodes } from "./taint-new-nodes.ts";
import { podTopologyLabels } from "./topology-labels.ts";

/** Admission plugins in the order they run (upstream's own: pkg/kubeapiserver/options/plugins.go). */
export const admissionPlugins = defineRegistry<AdmissionPlugin>(
  "admission plugin",
  [
    namespaceLifecycle,
    limitRanger,
    serviceAccount,
    nodeRestriction,
    taintNewNodes,
    podSecurity,
    priority,
    defaultTolerations,
    defaultStorageClass,
    storageProtection,
    claimResize,
    runtimeClass,
    certificateApproval,
    certificateSigning,
    certificateSubjectRestriction,
    defaultIngressClass,
    podTopologyLabels,
    mutatingAdmissionPolicy,
    mutatingWebhook,
    validatingAdmissionPolicy,
    validatingWebhook,
    resourceQuota,
  ],
  (plugin) => plugin.name,
);
