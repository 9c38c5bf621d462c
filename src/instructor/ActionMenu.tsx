import { Menu } from "@mantine/core";
import {
  Ban,
  CircleCheck,
  Eye,
  LogOut,
  type LucideIcon,
  Minus,
  Plus,
  Power,
  PowerOff,
  Square,
  Trash2,
  Unplug,
  Zap,
} from "lucide-react";
import { type Action, type ActionIcon, actionsFor } from "../deeds/actions.ts";
import { useCluster } from "../store/cluster.ts";
import { splitKey } from "../store/objects.ts";
import { inspect, setUi, useUi } from "../store/ui.ts";
import classes from "./ActionMenu.module.css";

const ICONS: Readonly<Record<ActionIcon, LucideIcon>> = {
  "power-off": PowerOff,
  "power-on": Power,
  stop: Square,
  cut: Unplug,
  cordon: Ban,
  uncordon: CircleCheck,
  drain: LogOut,
  delete: Trash2,
  crash: Zap,
  plus: Plus,
  minus: Minus,
};

/** What can be done to the thing under the pointer, or under the focus. */
export function ActionMenu() {
  const menu = useUi((state) => state.menu);
  const close = () => {
    setUi({ menu: undefined });
    // Back to the thing on the map, which the menu's own focus handling does not know.
    if (menu) focusItem(`${menu.ref.kind}:${menu.ref.key}`);
  };
  if (!menu) return null;
  const actions = actionsFor(useCluster.getState(), menu.ref);
  const [, name] = splitKey(menu.ref.key);
  return (
    <Menu
      key={`${menu.x},${menu.y}`}
      opened
      onClose={close}
      position="bottom-start"
      width={268}
      returnFocus={false}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <button
          type="button"
          tabIndex={-1}
          className={classes.anchor}
          style={{ left: menu.x, top: menu.y }}
          aria-label={`Actions for ${menu.ref.kind} ${name}`}
        />
      </Menu.Target>
      <Menu.Dropdown aria-label={`Actions for ${menu.ref.kind} ${name}`}>
        <Menu.Label>
          {menu.ref.kind} {name}
        </Menu.Label>
        <Menu.Item leftSection={<Eye size={15} />} onClick={() => inspect(menu.ref, "overview")}>
          Inspect
        </Menu.Item>
        {actions.length > 0 && <Menu.Divider />}
        {actions.map((action) => (
          <Item key={action.id} action={action} />
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Item({ action }: { action: Action }) {
  const Icon = ICONS[action.icon];
  return (
    <Menu.Item leftSection={<Icon size={15} />} onClick={action.run} className={action.danger ? classes.danger : ""}>
      <span className={classes.label}>{action.label}</span>
      <span className={classes.hint}>{action.hint}</span>
    </Menu.Item>
  );
}

function focusItem(id: string): void {
  document.querySelector<HTMLElement>(`[data-map-item="${CSS.escape(id)}"]`)?.focus();
}
