import type { Kind } from "../../../api/kind.ts";
import type { Stored } from "../../../api/object.ts";
import { resourceRef } from "../../../api/refs.ts";
import type { MutatingWebhookConfiguration as ConfigurationType } from "../../../api/schema/generated/types.ts";
import { webhookColumns } from "../columns.ts";
import { defaultWebhook } from "../defaults.ts";
import { validateWebhooks } from "../webhooks.ts";

type Configuration = Stored<ConfigurationType>;

const NAME = "MutatingWebhookConfiguration";

export const mutatingWebhookConfigurationKind: Kind<Configuration> = {
  ref: resourceRef<Configuration>("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", NAME),
  singular: "mutatingwebhookconfiguration",
  categories: ["api-extensions"],
  namespaced: false,
  type: NAME,
  hasGeneration: true,
  defaults: ({ webhooks = [] }) => {
    for (const hook of webhooks) {
      defaultWebhook(hook);
      hook.reinvocationPolicy ??= "Never";
    }
  },
  validate: ({ webhooks = [] }) => validateWebhooks(webhooks),
  validateUpdate: ({ webhooks = [] }) => validateWebhooks(webhooks),
  columns: webhookColumns<Configuration>(),
};
