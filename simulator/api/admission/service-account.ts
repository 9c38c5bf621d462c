import { deepFreeze } from "../../base/json.ts";
import { fail, ok } from "../../base/result.ts";
import { forbidden } from "../errors.ts";
import { fnv32a } from "../meta/hash.ts";
import { safeEncodeString } from "../meta/names.ts";
import { controllerOf } from "../object.ts";
import { PODS, type Pod, SERVICE_ACCOUNTS, type ServiceAccount } from "../refs.ts";
import type { Container, PodSpec, Volume } from "../schema/generated/types.ts";
import type { AdmissionPlugin } from "./plugin.ts";

const MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * Pods of one template share the spec with the token volume: the volume's suffix comes from their owner, not from chance
 * for each pod as upstream's does, so that 150,000 pods hold one spec. It must not be drawn: this map is memory that a
 * restored run does not have.
 */
const mounted = new WeakMap<PodSpec, { readonly account: ServiceAccount; readonly spec: PodSpec }>();

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
    const shared = mounted.get(pod.spec);
    if (shared?.account === account) return ok({ ...pod, spec: shared.spec });
    const spec = deepFreeze(withServiceAccount(pod, name, account));
    if (writer.trusted) mounted.set(pod.spec, { account, spec });
    return ok({ ...pod, spec });
  },
};

function withServiceAccount(pod: Pod, name: string, account: ServiceAccount): PodSpec {
  const { spec } = pod;
  const named: PodSpec = {
    ...spec,
    serviceAccountName: name,
    serviceAccount: name,
    ...(!spec.imagePullSecrets?.length &&
      account.imagePullSecrets?.length && { imagePullSecrets: account.imagePullSecrets }),
  };
  const wanted = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
  if (!wanted) return named;
  const existing = spec.volumes?.find((volume) => volume.name.startsWith("kube-api-access-"));
  const volume = existing ?? tokenVolume(`kube-api-access-${suffixFor(pod)}`);
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

/** Five letters as a generated name's, the same for all pods of one owner. */
function suffixFor(pod: Pod): string {
  const owner = controllerOf(pod)?.uid ?? pod.metadata.uid;
  return safeEncodeString(String(fnv32a(owner)))
    .slice(0, 5)
    .padStart(5, "b");
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
