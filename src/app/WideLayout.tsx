import { BookOpen, FileCode } from "lucide-react";
import { Group, Panel, Separator } from "react-resizable-panels";
import { Inspector } from "../inspector/Inspector.tsx";
import { MapPanel } from "../map/MapPanel.tsx";
import { setUi, useUi } from "../store/ui.ts";
import { ErrorBoundary } from "../widgets/ErrorBoundary.tsx";
import { IconButton } from "../widgets/IconButton.tsx";
import classes from "./App.module.css";
import { BottomPanel } from "./BottomPanel.tsx";
import { LeftPanel } from "./LeftPanel.tsx";

/** Editor or lesson, map over events, inspector; each border can be dragged, by mouse and by key. */
export function WideLayout() {
  const leftOpen = useUi((state) => state.leftOpen);
  const bottomOpen = useUi((state) => state.bottomOpen);
  return (
    <div className={classes.wide}>
      {!leftOpen && <Rail />}
      <Group orientation="horizontal" id="columns" key={leftOpen ? "three" : "two"}>
        {leftOpen && (
          <>
            <Panel id="left" defaultSize={336} minSize={240} maxSize="45%" groupResizeBehavior="preserve-pixel-size">
              <LeftPanel />
            </Panel>
            <Separator className={classes.handleX} aria-label="Width of the left panel" />
          </>
        )}
        <Panel id="middle" minSize={320}>
          <Middle bottomOpen={bottomOpen} />
        </Panel>
        <Separator className={classes.handleX} aria-label="Width of the inspector" />
        <Panel id="inspector" defaultSize={296} minSize={220} maxSize="45%" groupResizeBehavior="preserve-pixel-size">
          <ErrorBoundary what="The inspector">
            <Inspector />
          </ErrorBoundary>
        </Panel>
      </Group>
    </div>
  );
}

/** A terminal wants more room than the events. */
const BOTTOM_SIZE = { events: 160, terminal: 300 } as const;

function Middle({ bottomOpen }: { bottomOpen: boolean }) {
  const tab = useUi((state) => state.bottom);
  const size = BOTTOM_SIZE[tab];
  const map = (
    <ErrorBoundary what="The map">
      <MapPanel />
    </ErrorBoundary>
  );
  const bottom = (
    <ErrorBoundary what="The bottom panel">
      <BottomPanel />
    </ErrorBoundary>
  );
  return (
    <Group orientation="vertical" id="rows">
      <Panel id="map" minSize={200}>
        {map}
      </Panel>
      <Separator className={classes.handleY} aria-label="Height of the bottom panel" disabled={!bottomOpen} />
      <Panel
        id="events"
        key={bottomOpen ? tab : "closed"}
        defaultSize={bottomOpen ? size : 34}
        minSize={bottomOpen ? 90 : 34}
        maxSize={bottomOpen ? "70%" : 34}
        groupResizeBehavior="preserve-pixel-size"
      >
        {bottom}
      </Panel>
    </Group>
  );
}

/** What is left of the left panel when it is folded away. */
function Rail() {
  return (
    <nav className={classes.rail} aria-label="Panels">
      <IconButton label="Show the editor" onClick={() => setUi({ leftOpen: true, left: "editor" })}>
        <FileCode size={17} />
      </IconButton>
      <IconButton label="Show the lessons" onClick={() => setUi({ leftOpen: true, left: "lessons" })}>
        <BookOpen size={17} />
      </IconButton>
    </nav>
  );
}
