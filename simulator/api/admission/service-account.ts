import { fail, ok } from "../../base/result.ts";
import { forbidden } from "../errors.ts";
import type { WriteContext } from "../kind.ts";
import { PODS, type Pod, SERVICE_ACCOUNTS, type ServiceAccount } from "../refs.ts";
import type { Container, PodSpec, Volume } from "../schema/generated/types.ts";
import type { AdmissionPlugin } from "./plugin.ts";

const MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/**
 * Pods of one template share the spec with the token volume: the volume's random suffix is drawn once for a template,
 * not once for a pod as upstream does, so that 150,000 pods hold one spec.
 */
const mounted = new WeakMap<PodSpec, PodSpec>();

// Models plugin/pkg/admission/serviceaccount
export const serviceAccount: AdmissionPlugin = {
  name: "ServiceAccount",
  resources: ["pods"],
  verbs: ["create"],
  mutate: ({ object, context, writer }) => {
    const pod = object as Pod;
    if (pod.metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined) return ok(pod);
    const name = pod.spec.serviceAccountName || "default";
    const namespace = pod.metadata.namespace ?? "";
    const account = context.find(SERVICE_ACCOUNTS, namespace, name);
    if (account === undefined) {
      const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
      return fail(forbidden(PODS, pod.metadata.name, why));
    }
    const shared = writer.trusted ? mounted.get(pod.spec) : undefined;
    const spec = shared ?? withServiceAccount(pod.spec, name, account, context);
    if (writer.trusted) mounted.set(pod.spec, spec);
    return ok({ ...pod, spec });
  },
};

function withServiceAccount(spec: PodSpec, name: string, account: ServiceAccount, context: WriteContext): PodSpec {
  const named: PodSpec = {
    ...spec,
    serviceAccountName: name,
    serviceAccount: name,
    ...(!spec.imagePullSecrets?.length &&
      account.imagePullSecrets?.length && { imagePullSecrets: account.imagePullSecrets }),
  };
  const wanted = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
  if (!wanted) return named;
  let suffix = "";
  for (let index = 0; index < 5; index++) suffix += LETTERS[context.randomBelow(LETTERS.length)];
  const existing = spec.volumes?.find((volume) => volume.name.startsWith("kube-api-access-"));
  const volume = existing ?? tokenVolume(`kube-api-access-${suffix}`);
  const mount = (container: Container): Container =>
    container.volumeMounts?.some((other) => other.mountPath === MOUNT_PATH)
      ? container
      : {
          ...container,
          volumeMounts: [
            ...(container.volumeMounts ?? []),
            { name: volume.name, readOnly: true, mountPath: MOUNT_PATH },
          ],
        };
  const containers = spec.containers.map(mount);
  const initContainers = spec.initContainers?.map(mount);
  const used = [...containers, ...(initContainers ?? [])].some((container) =>
    container.volumeMounts?.some((other) => other.name === volume.name),
  );
  return {
    ...named,
    ...(initContainers && { initContainers }),
    containers,
    ...(used && existing === undefined && { volumes: [...(spec.volumes ?? []), volume] }),
  };
}

function tokenVolume(name: string): Volume {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
        {
          downwardAPI: {
            items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
          },
        },
      ],
      defaultMode: 420,
    },
  };
}
