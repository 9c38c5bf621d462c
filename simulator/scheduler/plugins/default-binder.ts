import { failure, type PluginDefinition } from "../framework.ts";

const NAME = "DefaultBinder";

/** Binds through the API. Models plugins/defaultbinder. */
export const defaultBinder: PluginDefinition = {
  name: NAME,
  weight: 0,
  create: ({ client }) => ({
    name: NAME,
    bind: (pod, nodeName) => {
      const result = client.bind(pod.key, pod.uid, nodeName);
      return result.ok ? undefined : failure(NAME, `running Bind plugin "${NAME}": ${result.error.message}`);
    },
  }),
};
