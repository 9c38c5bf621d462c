import { EVERY_OBJECT } from "../../../api/indexers.ts";
import type { Kind } from "../../../api/kind.ts";
import { MUTATING_WEBHOOK_CONFIGURATIONS, type MutatingWebhookConfiguration } from "../../../api/refs.ts";
import { webhookColumns } from "../columns.ts";
import { defaultWebhook } from "../defaults.ts";
import { validateWebhooks } from "../webhooks.ts";

export const mutatingWebhookConfigurationKind: Kind<MutatingWebhookConfiguration> = {
  ref: MUTATING_WEBHOOK_CONFIGURATIONS,
  singular: "mutatingwebhookconfiguration",
  categories: ["api-extensions"],
  namespaced: false,
  type: "MutatingWebhookConfiguration",
  hasGeneration: true,
  indexes: EVERY_OBJECT,
  defaults: ({ webhooks = [] }) => {
    for (const hook of webhooks) {
      defaultWebhook(hook);
      hook.reinvocationPolicy ??= "Never";
    }
  },
  validate: ({ webhooks = [] }) => validateWebhooks(webhooks),
  validateUpdate: ({ webhooks = [] }) => validateWebhooks(webhooks),
  columns: webhookColumns<MutatingWebhookConfiguration>(),
};
