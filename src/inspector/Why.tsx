import type { KubeObject, Ref } from "../store/objects.ts";
import CauseChain from "./CauseChain.tsx";
import SchedulingWhy from "./SchedulingWhy.tsx";
import { Waits } from "./Waits.tsx";

/** Why an object is as it is: what it waits for, who made it so, and for a pod why it is where it is. */
export default function Why({ selected, object }: { selected: Ref; object: KubeObject }) {
  return (
    <>
      <Waits selected={selected} object={object} />
      <CauseChain selected={selected} object={object} />
      {selected.kind === "Pod" && <SchedulingWhy podKey={selected.key} version={object.metadata?.resourceVersion} />}
    </>
  );
}
