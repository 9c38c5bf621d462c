import { lazy, Suspense, useEffect, useSyncExternalStore } from "react";
import { watchFaults, watchKeeping } from "../deeds/news.ts";
import { ActionMenu } from "../instructor/ActionMenu.tsx";
import { useCluster } from "../store/cluster.ts";
import { useUi } from "../store/ui.ts";
import { Story } from "../widgets/Story.tsx";
import { ToastArea } from "../widgets/Toast.tsx";
import classes from "./App.module.css";
import { listenToKeys } from "./keys.ts";
import { NarrowLayout } from "./NarrowLayout.tsx";
import { Palette } from "./Palette.tsx";
import { TopBar } from "./TopBar.tsx";
import { WideLayout } from "./WideLayout.tsx";

const Help = lazy(() => import("./Help.tsx"));
const NewCluster = lazy(() => import("./NewCluster.tsx"));

const NARROW = "(max-width: 760px)";

function useNarrow(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = matchMedia(NARROW);
      query.addEventListener("change", changed);
      return () => query.removeEventListener("change", changed);
    },
    () => matchMedia(NARROW).matches,
  );
}

/** The page: a bar of time above, the panels below. */
export function App() {
  const narrow = useNarrow();
  const help = useUi((state) => state.helpOpen);
  const newCluster = useUi((state) => state.newClusterOpen);
  const palette = useUi((state) => state.palette !== "closed");
  useEffect(listenToKeys, []);
  useEffect(watchFaults, []);
  useEffect(watchKeeping, []);
  return (
    <div className={classes.app}>
      <TopBar />
      <Failure />
      <main className={classes.main}>{narrow ? <NarrowLayout /> : <WideLayout />}</main>
      <ActionMenu />
      <Suspense>{help && <Help />}</Suspense>
      <Suspense>{newCluster && <NewCluster />}</Suspense>
      {palette && <Palette />}
      <ToastArea />
      <Story />
    </div>
  );
}

/** The simulation stopped on a broken invariant: our fault, told as such, with what is needed to find it. */
function Failure() {
  const failure = useCluster((state) => state.failure);
  if (failure === undefined) return null;
  return (
    <div className={classes.failure} role="alert">
      <strong>The simulation stopped on an error of its own.</strong> What you see is its last state. To report it, copy
      this: <code>{failure}</code>
    </div>
  );
}
