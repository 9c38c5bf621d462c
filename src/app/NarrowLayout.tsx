import { BookOpen, FileCode, List, type LucideIcon, Map as MapIcon, Search, SquareTerminal } from "lucide-react";
import { Inspector } from "../inspector/Inspector.tsx";
import { MapPanel } from "../map/MapPanel.tsx";
import { type NarrowPage, setUi, useUi } from "../store/ui.ts";
import { EventLog } from "../timeline/EventLog.tsx";
import { ErrorBoundary } from "../widgets/ErrorBoundary.tsx";
import classes from "./App.module.css";
import { TerminalContent } from "./BottomPanel.tsx";
import { LeftContent } from "./LeftPanel.tsx";

const PAGES: readonly { readonly id: NarrowPage; readonly label: string; readonly icon: LucideIcon }[] = [
  { id: "map", label: "Map", icon: MapIcon },
  { id: "editor", label: "Editor", icon: FileCode },
  { id: "lessons", label: "Lessons", icon: BookOpen },
  { id: "inspector", label: "Inspect", icon: Search },
  { id: "events", label: "Events", icon: List },
  { id: "terminal", label: "Terminal", icon: SquareTerminal },
];

/** On a narrow screen each panel is a page, with a bar below to turn to them. */
export function NarrowLayout() {
  const page = useUi((state) => state.narrowPage);
  return (
    <>
      <div className={classes.page}>
        <ErrorBoundary key={page} what="This page">
          <Page page={page} />
        </ErrorBoundary>
      </div>
      <nav className={classes.tabs} aria-label="Pages">
        {PAGES.map(({ id, label, icon: Icon }) => (
          <button
            key={id}
            type="button"
            className={classes.tab}
            aria-current={id === page ? "page" : undefined}
            onClick={() => setUi({ narrowPage: id })}
          >
            <Icon size={18} aria-hidden="true" />
            {label}
          </button>
        ))}
      </nav>
    </>
  );
}

function Page({ page }: { page: NarrowPage }) {
  switch (page) {
    case "map":
      return <MapPanel />;
    case "editor":
    case "lessons":
      return <LeftContent tab={page} />;
    case "inspector":
      return <Inspector />;
    case "events":
      return <EventLog collapsible={false} />;
    case "terminal":
      return <TerminalContent />;
  }
}
