import { ChevronDown, ChevronUp } from "lucide-react";
import { lazy, Suspense } from "react";
import { type BottomTab, setUi, useUi } from "../store/ui.ts";
import { EventLog } from "../timeline/EventLog.tsx";
import controls from "../widgets/controls.module.css";
import { ErrorBoundary } from "../widgets/ErrorBoundary.tsx";
import { IconButton } from "../widgets/IconButton.tsx";
import { Tabs, tabPanel } from "../widgets/Tabs.tsx";

const TerminalPanel = lazy(() => import("../terminal/TerminalPanel.tsx"));

const TABS: readonly { id: BottomTab; label: string }[] = [
  { id: "events", label: "Events" },
  { id: "terminal", label: "Terminal" },
];

/** Below the map: what the cluster tells, or a terminal. */
export function BottomPanel() {
  const tab = useUi((state) => state.bottom);
  const tabs = (
    <Tabs
      id="bottom"
      label="Bottom panel"
      tabs={TABS}
      value={tab}
      onChange={(bottom) => setUi({ bottom, bottomOpen: true })}
    />
  );
  if (tab === "events") {
    return (
      <div style={{ height: "100%" }} {...tabPanel("bottom", "events")}>
        <EventLog tabs={tabs} />
      </div>
    );
  }
  return <TerminalTab tabs={tabs} />;
}

function TerminalTab({ tabs }: { tabs: React.ReactNode }) {
  const open = useUi((state) => state.bottomOpen);
  return (
    <section className={controls.panel} aria-label="Terminals">
      <div className={controls.head}>
        {tabs}
        <span className={controls.spacer} />
        <IconButton
          label={open ? "Hide the terminal" : "Show the terminal"}
          expanded={open}
          onClick={() => setUi({ bottomOpen: !open })}
        >
          {open ? <ChevronDown size={16} /> : <ChevronUp size={16} />}
        </IconButton>
      </div>
      {open && (
        <div className={controls.fill} {...tabPanel("bottom", "terminal")}>
          <TerminalContent />
        </div>
      )}
    </section>
  );
}

/** The terminals; they load when first shown. */
export function TerminalContent() {
  return (
    <ErrorBoundary what="The terminal">
      <Suspense fallback={<p className={controls.empty}>Loading…</p>}>
        <TerminalPanel />
      </Suspense>
    </ErrorBoundary>
  );
}
