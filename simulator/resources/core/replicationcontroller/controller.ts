import { REPLICATION_CONTROLLERS, type ReplicaSet, type ReplicationController } from "../../../api/refs.ts";
import { replicaController } from "../../apps/replicaset/controller.ts";

// Models pkg/controller/replication: the ReplicaSet controller behind an adapter, its conversion.go.
export const replicationControllerController = replicaController<ReplicationController>(
  "replicationcontroller-controller",
  "replication-controller",
  {
    ref: REPLICATION_CONTROLLERS,
    asReplicaSet: (object) => ({
      ...object,
      spec: replicaSetSpec(object.spec),
      status: object.status as ReplicaSet["status"],
    }),
    withStatus: (object, { terminatingReplicas: _, ...status }) => ({ ...object, status }),
  },
);

const specs = new WeakMap<ReplicationController["spec"], ReplicaSet["spec"]>();

/** The selector of labels as a label selector; one object for one spec, so that it is known again. */
function replicaSetSpec(spec: ReplicationController["spec"]): ReplicaSet["spec"] {
  const known = specs.get(spec);
  if (known !== undefined) return known;
  const { selector, ...rest } = spec;
  const made = { ...rest, selector: { matchLabels: selector ?? {} } };
  specs.set(spec, made);
  return made;
}
