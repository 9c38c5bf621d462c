import type {
  ControllerRevision,
  DaemonSet,
  Deployment,
  PodTemplateSpec,
  ReplicaSet,
} from "../../../api/schema/generated/types.ts";
import { isObject, type JsonObject } from "../../../base/json.ts";
import type { Info } from "../../cli/builder.ts";
import type { Call } from "../../cli/command.ts";
import { ownReplicaSets } from "../../deployment-revisions.ts";
import { listAll } from "../../describe/describer.ts";
import { writePodTemplate } from "../../describe/pod.ts";
import { LEVEL_BLANKS } from "../../describe/text.ts";
import { selectorText } from "../../describe/workloads.ts";
import { urlPart } from "../../mapping.ts";
import { withoutEscapes } from "../../print/columns-text.ts";

const CHANGE_CAUSE = "kubernetes.io/change-cause";
const REVISION = "deployment.kubernetes.io/revision";

/** One state that a workload was, or is, in. */
export interface Revision {
  readonly number: number;
  /** What keeps it: a ReplicaSet, or a ControllerRevision. */
  readonly keeper: JsonObject;
  /** What `-o` shows of it: the ReplicaSet, or the workload as it was. */
  readonly shown: JsonObject;
  readonly template: PodTemplateSpec | undefined;
  readonly cause: string;
}

type Target = Info & { readonly object: JsonObject };

/** A workload's revisions by their numbers. Models kubectl pkg/polymorphichelpers history.go. */
export async function revisionsOf(call: Call, target: Target): Promise<readonly Revision[]> {
  const all =
    target.mapping.kind === "Deployment" ? await replicaSets(call, target) : await controllerRevisions(call, target);
  const byNumber = new Map(all.map((revision) => [revision.number, revision]));
  return [...byNumber.values()].sort((a, b) => a.number - b.number);
}

async function replicaSets(call: Call, { object, namespace }: Target): Promise<readonly Revision[]> {
  const deployment = object as Deployment;
  const path = `/apis/apps/v1/namespaces/${urlPart(namespace)}/replicasets`;
  const labelSelector = selectorText(deployment.spec?.selector);
  const found = (await listAll({ client: call.client, chunkSize: 0 }, path, {
    labelSelector,
  })) as readonly ReplicaSet[];
  const { current, old } = ownReplicaSets(deployment, found);
  return [...old, ...(current === undefined ? [] : [current])].map((set) => {
    const cause = set.metadata?.annotations?.[CHANGE_CAUSE] ?? "";
    const template = set.spec?.template;
    const annotations = { ...template?.metadata?.annotations, ...(cause !== "" && { [CHANGE_CAUSE]: cause }) };
    const isBare = Object.keys(annotations).length === 0;
    const keeper = { apiVersion: "apps/v1", kind: "ReplicaSet", ...(set as JsonObject) };
    return {
      number: Number(set.metadata?.annotations?.[REVISION] ?? 0),
      keeper,
      shown: keeper,
      template: template && (isBare ? template : { ...template, metadata: { ...template.metadata, annotations } }),
      cause: annotations[CHANGE_CAUSE] ?? "",
    };
  });
}

async function controllerRevisions(call: Call, { object, namespace }: Target): Promise<readonly Revision[]> {
  const workload = object as DaemonSet;
  const path = `/apis/apps/v1/namespaces/${urlPart(namespace)}/controllerrevisions`;
  const labelSelector = selectorText(workload.spec?.selector);
  const found = await listAll({ client: call.client, chunkSize: 0 }, path, { labelSelector });
  const uid = workload.metadata?.uid;
  const own = (found as unknown as readonly ControllerRevision[]).filter(({ metadata }) =>
    metadata?.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid),
  );
  return own.map((revision) => {
    const template = templateIn(revision.data);
    const spec = isObject(object.spec) ? object.spec : {};
    return {
      number: revision.revision,
      keeper: revision as unknown as JsonObject,
      shown: { ...object, spec: { ...spec, ...(template && { template: template as JsonObject }) } },
      template: template as PodTemplateSpec | undefined,
      cause: revision.metadata?.annotations?.[CHANGE_CAUSE] ?? "",
    };
  });
}

/** The pod template that a controller's revision puts in the place of the present one. */
function templateIn(data: unknown): JsonObject | undefined {
  const spec = isObject(data) && isObject(data.spec) ? data.spec : {};
  if (!isObject(spec.template)) return undefined;
  const { $patch: _, ...template } = spec.template;
  return template;
}

/** A pod template in words; its columns are left as they are, parted by tabs. */
export function templateText(template: PodTemplateSpec | undefined): string {
  let text = "";
  const out = {
    write: (level: number, line: string) => {
      text += withoutEscapes(LEVEL_BLANKS.repeat(level) + line);
    },
  };
  writePodTemplate(out, template);
  return text;
}
