import { useEffect, useMemo, useState } from "react";
import { useShallow } from "zustand/react/shallow";
import type { ComponentView, MachineDescription } from "../../session/session.ts";
import { useCluster } from "../../store/cluster.ts";
import { session } from "../../store/connect.ts";
import controls from "../../widgets/controls.module.css";
import classes from "./Loops.module.css";
import { MachineDiagram } from "./MachineDiagram.tsx";

/** Every control loop of the cluster with the state it is in, and the machine that it is, drawn from its definition. */
export default function LoopsView() {
  const [machines, setMachines] = useState<readonly MachineDescription[]>([]);
  const names = useCluster(useShallow((state) => [...state.components.keys()]));
  // One with a machine to draw: a picture says more than an empty field.
  const drawn = useCluster((state) => [...state.components.values()].find((item) => item.machine !== "")?.name);
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  useEffect(() => {
    let here = true;
    void session()
      .machines()
      .then((list) => here && setMachines(list));
    return () => {
      here = false;
    };
  }, []);
  const name = chosen !== undefined && names.includes(chosen) ? chosen : (drawn ?? names[0]);
  const component = useCluster((state) => (name === undefined ? undefined : state.components.get(name)));
  const machine = machines.find((item) => item.id === component?.machine);
  if (names.length === 0) return <p className={controls.empty}>No control loop runs yet.</p>;
  return (
    <div className={classes.view}>
      <LoopList chosen={name} onChoose={setChosen} />
      <div className={classes.diagram}>
        {component && (
          <header className={classes.about}>
            <h2>{component.name}</h2>
            <p>
              {[component.process, machine?.title].filter(Boolean).join(" · ")} · now{" "}
              <strong>{showState(component.state)}</strong>
            </p>
          </header>
        )}
        {machine && component && <MachineDiagram machine={machine} state={component.state} />}
        {component && !machine && (
          <p className={controls.empty}>It reconciles as keys come and has no states of its own to draw.</p>
        )}
      </div>
    </div>
  );
}

interface ListProps {
  readonly chosen: string | undefined;
  readonly onChoose: (name: string) => void;
}

function LoopList({ chosen, onChoose }: ListProps) {
  const components = useCluster((state) => state.components);
  const groups = useMemo(() => byProcess(components.values()), [components]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable to be scrolled by keys
    <section className={classes.list} aria-label="Control loops" tabIndex={0}>
      {groups.map(([process, items]) => (
        <section key={process}>
          <h2 className={classes.process}>{process}</h2>
          {items.map((item) => (
            <button
              key={item.name}
              type="button"
              className={classes.loop}
              aria-pressed={item.name === chosen}
              data-quiet={isQuiet(item.state) || undefined}
              onClick={() => onChoose(item.name)}
            >
              <span className={classes.loopName}>{item.name.replace(`${process}/`, "")}</span>
              <span className={classes.loopState} data-stopped={item.state.startsWith("stopped") || undefined}>
                {showState(item.state)}
              </span>
              <span className={classes.loopCount} title="Keys waiting in its queue">
                {item.queued > 0 ? `${item.queued} queued` : ""}
              </span>
              <span className={classes.loopCount} title="Times it has reconciled">
                {item.reconciled.toLocaleString("en")} done
              </span>
            </button>
          ))}
        </section>
      ))}
    </section>
  );
}

/** States in which all is well and nothing is to be done. */
const QUIET = new Set(["idle", "leading", "leading.connected", "running", "running.connected"]);

function isQuiet(state: string): boolean {
  return QUIET.has(state);
}

/** `leading.connected`: a state within a state. */
function showState(state: string): string {
  return state.replaceAll(".", ", ");
}

function byProcess(components: Iterable<ComponentView>): readonly (readonly [string, readonly ComponentView[]])[] {
  const groups = new Map<string, ComponentView[]>();
  for (const component of components) {
    const group = groups.get(component.process);
    if (group) group.push(component);
    else groups.set(component.process, [component]);
  }
  return [...groups];
}
