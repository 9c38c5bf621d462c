import type { Kind } from "../../../api/kind.ts";
import type { Stored } from "../../../api/object.ts";
import { resourceRef } from "../../../api/refs.ts";
import type { ValidatingWebhookConfiguration as ConfigurationType } from "../../../api/schema/generated/types.ts";
import { webhookColumns } from "../columns.ts";
import { defaultWebhook } from "../defaults.ts";
import { validateWebhooks } from "../webhooks.ts";

type Configuration = Stored<ConfigurationType>;

const NAME = "ValidatingWebhookConfiguration";

export const validatingWebhookConfigurationKind: Kind<Configuration> = {
  ref: resourceRef<Configuration>("admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", NAME),
  singular: "validatingwebhookconfiguration",
  categories: ["api-extensions"],
  namespaced: false,
  type: NAME,
  hasGeneration: true,
  defaults: ({ webhooks = [] }) => {
    for (const hook of webhooks) defaultWebhook(hook);
  },
  validate: ({ webhooks = [] }) => validateWebhooks(webhooks),
  validateUpdate: ({ webhooks = [] }) => validateWebhooks(webhooks),
  columns: webhookColumns<Configuration>(),
};
