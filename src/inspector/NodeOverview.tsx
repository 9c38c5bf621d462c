import { useShallow } from "zustand/react/shallow";
import { useCluster } from "../store/cluster.ts";
import { type Node, nameOf } from "../store/objects.ts";
import { kindView } from "../store/projection.ts";
import { podRequests, quantity, showBytes, showCpu } from "../store/quantity.ts";
import { isControlPlane, nodeStatus } from "../store/status.ts";
import { ageMs, showAge } from "../store/time.ts";
import { Age } from "./Overview.tsx";
import { PodRows } from "./PodOverview.tsx";
import { Conditions, Facts, Meter, Section, State } from "./parts.tsx";

const NO_PODS: readonly string[] = [];

export function NodeOverview({ node }: { node: Node }) {
  const name = nameOf(node);
  const status = nodeStatus(node);
  const keys = useCluster(useShallow((state) => [...(state.podsByNode.get(name)?.keys ?? NO_PODS)]));
  const words = status.cordoned ? `${status.word}, SchedulingDisabled` : status.word;
  const info = node.status?.nodeInfo;
  return (
    <>
      <Section>
        <Facts
          rows={[
            ["Status", <State key="state" tone={status.tone} word={words} />],
            ["Role", isControlPlane(node) ? "control plane" : "worker"],
            ["Last heartbeat", <LastHeartbeat key="beat" name={name} />],
            ["Zone", node.metadata?.labels?.["topology.kubernetes.io/zone"]],
            ["Address", node.status?.addresses?.find((item) => item.type === "InternalIP")?.address],
            ["Pod range", node.spec?.podCIDR],
            ["Kubelet", info?.kubeletVersion],
            ["Runtime", info?.containerRuntimeVersion],
            ["Age", <Age key="age" object={node} />],
          ]}
        />
      </Section>
      <Capacity node={node} keys={keys} />
      {(node.spec?.taints ?? []).length > 0 && (
        <Section title="Taints">
          <Facts rows={(node.spec?.taints ?? []).map((taint) => [taint.effect, taint.key] as const)} />
        </Section>
      )}
      <Conditions items={node.status?.conditions ?? []} />
      <Section title={`Pods (${keys.length})`}>
        {keys.length === 0 ? <p>No pods on this node.</p> : <PodRows keys={keys} />}
      </Section>
    </>
  );
}

function LastHeartbeat({ name }: { name: string }) {
  const text = useCluster((state) => {
    const lease = kindView(state, "Lease").items.get(`kube-node-lease/${name}`);
    const age = ageMs(lease?.spec?.renewTime, state.clock);
    return age === undefined ? "none yet" : `${showAge(age)} ago`;
  });
  return <span className="num">{text}</span>;
}

function Capacity({ node, keys }: { node: Node; keys: readonly string[] }) {
  const used = useCluster(
    useShallow((state) => {
      const pods = kindView(state, "Pod").items;
      let cpu = 0;
      let memory = 0;
      for (const key of keys) {
        const pod = pods.get(key);
        if (!pod) continue;
        const asked = podRequests(pod);
        cpu += asked.cpu;
        memory += asked.memory;
      }
      return { cpu, memory };
    }),
  );
  const can = node.status?.allocatable;
  const cpuOf = quantity(can?.cpu);
  const memoryOf = quantity(can?.memory);
  const podsOf = quantity(can?.pods);
  return (
    <Section title="Requested of what it can give">
      <Facts
        rows={[
          [
            "CPU",
            <Share key="cpu" text={`${showCpu(used.cpu)} of ${showCpu(cpuOf)}`} share={used.cpu / (cpuOf || 1)} />,
          ],
          [
            "Memory",
            <Share
              key="memory"
              text={`${showBytes(used.memory)} of ${showBytes(memoryOf)}`}
              share={used.memory / (memoryOf || 1)}
            />,
          ],
          ["Pods", <Share key="pods" text={`${keys.length} of ${podsOf}`} share={keys.length / (podsOf || 1)} />],
        ]}
      />
    </Section>
  );
}

function Share({ text, share }: { text: string; share: number }) {
  return (
    <>
      <span className="num">{text}</span>
      <Meter share={share} />
    </>
  );
}
