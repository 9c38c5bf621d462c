import { useMantineColorScheme } from "@mantine/core";
import { Boxes, CircleHelp, Monitor, Moon, Search, Sun } from "lucide-react";
import { useKeys } from "../store/cluster.ts";
import { setUi, useUi } from "../store/ui.ts";
import { ClockBar } from "../timeline/ClockBar.tsx";
import controls from "../widgets/controls.module.css";
import { IconButton } from "../widgets/IconButton.tsx";
import classes from "./TopBar.module.css";

export function TopBar() {
  return (
    <header className={classes.bar}>
      <h1 className={classes.name}>
        <img src="./favicon.svg" alt="" width="22" height="22" />
        <span>Tabernetes</span>
      </h1>
      <NamespaceFilter />
      <ClockBar />
      <span className={controls.spacer} />
      <button type="button" className={classes.search} onClick={() => setUi({ palette: "all" })}>
        <Search size={14} aria-hidden="true" />
        <span className={classes.searchText}>Search</span>
        <kbd>Ctrl K</kbd>
      </button>
      <IconButton label="New cluster" onClick={() => setUi({ newClusterOpen: true })}>
        <Boxes size={17} />
      </IconButton>
      <IconButton label="Keys and words" shortcut="?" onClick={() => setUi({ helpOpen: true })}>
        <CircleHelp size={17} />
      </IconButton>
      <ThemeSwitch />
    </header>
  );
}

function NamespaceFilter() {
  const namespaces = useKeys("Namespace");
  const chosen = useUi((state) => state.namespace);
  return (
    <label className={classes.namespace}>
      <span className="sr-only">Namespace</span>
      <select className={controls.select} value={chosen} onChange={(event) => setUi({ namespace: event.target.value })}>
        <option value="">All namespaces</option>
        {namespaces.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

const NEXT = { light: "dark", dark: "auto", auto: "light" } as const;
const SAID = { light: "Light theme", dark: "Dark theme", auto: "Theme of the system" } as const;
const PICTURE = { light: Sun, dark: Moon, auto: Monitor } as const;

function ThemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Picture = PICTURE[colorScheme];
  return (
    <IconButton label={SAID[colorScheme]} onClick={() => setColorScheme(NEXT[colorScheme])}>
      <Picture size={17} />
    </IconButton>
  );
}
