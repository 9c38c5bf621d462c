import { PanelLeftClose } from "lucide-react";
import { lazy, Suspense } from "react";
import { type LeftTab, setUi, useUi } from "../store/ui.ts";
import controls from "../widgets/controls.module.css";
import { ErrorBoundary } from "../widgets/ErrorBoundary.tsx";
import { IconButton } from "../widgets/IconButton.tsx";
import { Tabs, tabPanel } from "../widgets/Tabs.tsx";

const EditorPanel = lazy(() => import("../editor/EditorPanel.tsx"));
const LessonsPanel = lazy(() => import("../lessons/LessonsPanel.tsx"));

const TABS: readonly { id: LeftTab; label: string }[] = [
  { id: "editor", label: "Editor" },
  { id: "lessons", label: "Lessons" },
];

export function LeftPanel() {
  const tab = useUi((state) => state.left);
  return (
    <section className={controls.panel} aria-label={tab === "editor" ? "Editor" : "Lessons"}>
      <div className={controls.head}>
        <Tabs id="left" label="Left panel" tabs={TABS} value={tab} onChange={(left) => setUi({ left })} />
        <span className={controls.spacer} />
        <IconButton label="Hide this panel" onClick={() => setUi({ leftOpen: false })}>
          <PanelLeftClose size={16} />
        </IconButton>
      </div>
      <div className={controls.fill} {...tabPanel("left", tab)}>
        <LeftContent tab={tab} />
      </div>
    </section>
  );
}

/** The editor or the lessons; both load when first shown. */
export function LeftContent({ tab }: { tab: LeftTab }) {
  return (
    <ErrorBoundary key={tab} what={tab === "editor" ? "The editor" : "The lesson panel"}>
      <Suspense fallback={<p className={controls.empty}>Loading…</p>}>
        {tab === "editor" ? <EditorPanel /> : <LessonsPanel />}
      </Suspense>
    </ErrorBoundary>
  );
}
