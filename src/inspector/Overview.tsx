import { useCluster } from "../store/cluster.ts";
import type {
  Deployment,
  EndpointSlice,
  Fault,
  KubeObject,
  Node,
  Pod,
  Ref,
  ReplicaSet,
  Service,
} from "../store/objects.ts";
import { summary } from "../store/summary.ts";
import { ageMs, showAge } from "../store/time.ts";
import { EndpointsOverview, ServiceOverview } from "./NetworkOverview.tsx";
import { NodeOverview } from "./NodeOverview.tsx";
import { PodOverview } from "./PodOverview.tsx";
import { Facts, Labels, Section, State } from "./parts.tsx";
import { DeploymentOverview, ReplicaSetOverview } from "./WorkloadOverview.tsx";

/** What a person wants to know of a thing first, kind by kind. */
export function Overview({ selected, object }: { selected: Ref; object: KubeObject }) {
  return (
    <>
      <Body selected={selected} object={object} />
      <Labels title="Labels" items={object.metadata?.labels} />
    </>
  );
}

function Body({ selected, object }: { selected: Ref; object: KubeObject }) {
  switch (selected.kind) {
    case "Pod":
      return <PodOverview pod={object as Pod} />;
    case "Node":
      return <NodeOverview node={object as Node} />;
    case "Deployment":
      return <DeploymentOverview deployment={object as Deployment} />;
    case "ReplicaSet":
      return <ReplicaSetOverview set={object as ReplicaSet} />;
    case "Service":
      return <ServiceOverview service={object as Service} />;
    case "EndpointSlice":
      return <EndpointsOverview slice={object as EndpointSlice} />;
    case "Fault":
      return <FaultOverview fault={object as Fault} />;
    default:
      return <PlainOverview selected={selected} object={object} />;
  }
}

function PlainOverview({ selected, object }: { selected: Ref; object: KubeObject }) {
  const state = summary(selected.kind, object);
  return (
    <Section>
      <Facts
        rows={[
          ["Status", state && <State tone={state.tone} word={state.line} />],
          ["API version", object.apiVersion],
          ["Age", <Age key="age" object={object} />],
        ]}
      />
    </Section>
  );
}

function FaultOverview({ fault }: { fault: Fault }) {
  const { target } = fault.spec;
  return (
    <Section>
      <Facts
        rows={[
          ["Type", fault.spec.type],
          ["Target", [target.kind, target.namespace, target.name, target.container].filter(Boolean).join(" / ")],
          ["Lasts", fault.spec.duration ?? "until it is deleted"],
          ["Phase", fault.status?.phase],
          ["Says", fault.status?.message],
          ["Age", <Age key="age" object={fault} />],
        ]}
      />
    </Section>
  );
}

/** Age as kubectl tells it, on the virtual clock. */
export function Age({ object }: { object: KubeObject }) {
  const text = useCluster((state) => {
    const age = ageMs(object.metadata?.creationTimestamp, state.clock);
    return age === undefined ? "" : showAge(age);
  });
  return <span className="num">{text}</span>;
}
