import { X } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useShallow } from "zustand/react/shallow";
import { actionsFor } from "../deeds/actions.ts";
import { useAnyObject, useCluster } from "../store/cluster.ts";
import { controllerOf, keyOf, type Pod, type Ref, splitKey } from "../store/objects.ts";
import { type InspectorTab, openMenu, select, setUi, useUi } from "../store/ui.ts";
import controls from "../widgets/controls.module.css";
import { ErrorBoundary } from "../widgets/ErrorBoundary.tsx";
import { IconButton } from "../widgets/IconButton.tsx";
import { Tabs, tabPanel } from "../widgets/Tabs.tsx";
import { ClusterSummary } from "./ClusterSummary.tsx";
import classes from "./Inspector.module.css";
import { ObjectEvents } from "./ObjectEvents.tsx";
import { Overview } from "./Overview.tsx";

const CauseChain = lazy(() => import("./CauseChain.tsx"));
const DescribeView = lazy(() => import("./DescribeView.tsx"));
const LogsView = lazy(() => import("./LogsView.tsx"));
const OwnerTree = lazy(() => import("./OwnerTree.tsx"));
const Why = lazy(() => import("./Why.tsx"));
const YamlView = lazy(() => import("./YamlView.tsx"));

const TABS: readonly { id: InspectorTab; label: string }[] = [
  { id: "overview", label: "Overview" },
  { id: "why", label: "Why" },
  { id: "describe", label: "Describe" },
  { id: "yaml", label: "YAML" },
  { id: "events", label: "Events" },
  { id: "owners", label: "Owners" },
];

/** Only pods have logs. */
const POD_TABS: typeof TABS = [...TABS.slice(0, 5), { id: "logs", label: "Logs" }, ...TABS.slice(5)];

/** The selected thing in full; without a selection, the cluster itself. */
export function Inspector() {
  const selection = useUi((state) => state.selection);
  return (
    <section className={controls.panel} aria-label="Inspector">
      {selection ? <Selected key={`${selection.kind}:${selection.key}`} selected={selection} /> : <ClusterSummary />}
    </section>
  );
}

function Selected({ selected }: { selected: Ref }) {
  const object = useAnyObject(selected.kind, selected.key);
  const last = useRef(object);
  if (object !== undefined) last.current = object;
  const coming = useComing(object !== undefined);
  const tabs = selected.kind === "Pod" ? POD_TABS : TABS;
  const tab = useUi((state) => (tabs.some(({ id }) => id === state.inspectorTab) ? state.inspectorTab : "overview"));
  const [namespace, name] = splitKey(selected.key);
  const owner = object && controllerOf(object);
  return (
    <>
      <header className={classes.head}>
        <div className={classes.headText}>
          <p className={classes.kind}>
            {selected.kind}
            {namespace && <span> in {namespace}</span>}
          </p>
          <h2 className={classes.name}>{name}</h2>
          {owner && (
            <p className={classes.owner}>
              owned by{" "}
              <button
                type="button"
                className={controls.link}
                onClick={() =>
                  select({ kind: owner.kind, key: owner.kind === "Node" ? owner.name : keyOf(namespace, owner.name) })
                }
              >
                {owner.kind} {owner.name}
              </button>
            </p>
          )}
        </div>
        <IconButton label="Close" shortcut="Esc" onClick={() => select(undefined)}>
          <X size={16} />
        </IconButton>
      </header>
      {object ? (
        <>
          <Actions selected={selected} />
          <div className={classes.tabs}>
            <Tabs
              id="inspector"
              label="About the selected object"
              tabs={tabs}
              value={tab}
              onChange={(id) => setUi({ inspectorTab: id })}
            />
          </div>
          <div className={controls.body} {...tabPanel("inspector", tab)}>
            <ErrorBoundary key={tab} what="This part of the inspector">
              <Suspense fallback={<p className={controls.empty}>Loading…</p>}>
                {tab === "overview" && <Overview selected={selected} object={object} />}
                {tab === "events" && <ObjectEvents selected={selected} />}
                {tab === "why" && <Why selected={selected} object={object} />}
                {tab === "describe" && <DescribeView selected={selected} object={object} />}
                {tab === "logs" && <LogsView selected={selected} pod={object as Pod} />}
                {tab === "owners" && <OwnerTree selected={selected} object={object} />}
                {tab === "yaml" && <YamlView selected={selected} object={object} />}
              </Suspense>
            </ErrorBoundary>
          </div>
        </>
      ) : (
        <div className={controls.body}>
          <p className={controls.empty} hidden={coming}>
            It is gone: {selected.kind.toLowerCase()}/{name} was deleted. Select another thing on the map.
          </p>
          {last.current !== undefined && (
            <Suspense fallback={null}>
              <CauseChain selected={selected} object={last.current} />
            </Suspense>
          )}
        </div>
      )}
    </>
  );
}

/** Of a large cluster an object comes when it is looked at: for a moment its absence says nothing. */
const COMING_MS = 800;

function useComing(isThere: boolean): boolean {
  const crowded = useCluster((state) => state.crowd !== undefined);
  const [waited, setWaited] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setWaited(true), COMING_MS);
    return () => clearTimeout(timer);
  }, []);
  return crowded && !isThere && !waited;
}

/** The two most likely deeds in sight, all of them a press away. */
function Actions({ selected }: { selected: Ref }) {
  const labels = useCluster(
    useShallow((state) => {
      const all = actionsFor(state, selected);
      return [...all.slice(0, 2).map((action) => action.id), all.length > 2 ? "more" : ""].filter(Boolean);
    }),
  );
  const actions = actionsFor(useCluster.getState(), selected);
  if (labels.length === 0) return null;
  return (
    <div className={classes.actions}>
      {labels
        .filter((id) => id !== "more")
        .map((id) => {
          const action = actions.find((item) => item.id === id);
          if (!action) return null;
          return (
            <button key={id} type="button" className={controls.button} title={action.hint} onClick={action.run}>
              {action.label}
            </button>
          );
        })}
      {labels.includes("more") && (
        <button
          type="button"
          className={controls.button}
          onClick={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            openMenu(selected, box.left, box.bottom + 2);
          }}
        >
          More…
        </button>
      )}
    </div>
  );
}
