import { EVERY_OBJECT } from "../../../api/indexers.ts";
import type { Kind } from "../../../api/kind.ts";
import { VALIDATING_WEBHOOK_CONFIGURATIONS, type ValidatingWebhookConfiguration } from "../../../api/refs.ts";
import { webhookColumns } from "../columns.ts";
import { defaultWebhook } from "../defaults.ts";
import { validateWebhooks } from "../webhooks.ts";

export const validatingWebhookConfigurationKind: Kind<ValidatingWebhookConfiguration> = {
  ref: VALIDATING_WEBHOOK_CONFIGURATIONS,
  singular: "validatingwebhookconfiguration",
  categories: ["api-extensions"],
  namespaced: false,
  type: "ValidatingWebhookConfiguration",
  hasGeneration: true,
  indexes: EVERY_OBJECT,
  defaults: ({ webhooks = [] }) => {
    for (const hook of webhooks) defaultWebhook(hook);
  },
  validate: ({ webhooks = [] }) => validateWebhooks(webhooks),
  validateUpdate: ({ webhooks = [] }) => validateWebhooks(webhooks),
  columns: webhookColumns<ValidatingWebhookConfiguration>(),
};
