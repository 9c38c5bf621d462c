import type { ITheme } from "@xterm/xterm";

const ANSI_LIGHT = ["#18222c", "#a34500", "#00694c", "#7d5600", "#0a5f94", "#8e3a6c", "#00626e", "#586673"];
const ANSI_DARK = ["#415160", "#f3935a", "#4fcda3", "#f0b840", "#6cbdf0", "#e3a3c8", "#5cc8d8", "#e4ebf1"];
const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;

/** The page's colours as the terminal takes them, from the tokens that hold now. */
export function themeOf(element: Element): ITheme {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const isDark = document.documentElement.dataset.mantineColorScheme === "dark";
  const ansi = isDark ? ANSI_DARK : ANSI_LIGHT;
  const colours = Object.fromEntries(
    NAMES.flatMap((name, at) => [
      [name, ansi[at]],
      [`bright${name.charAt(0).toUpperCase()}${name.slice(1)}`, ansi[at]],
    ]),
  );
  return {
    ...colours,
    // What programs write more quietly than the rest.
    brightBlack: token("--text-3"),
    background: token("--surface"),
    foreground: token("--text"),
    cursor: token("--accent"),
    cursorAccent: token("--surface"),
    selectionBackground: token("--accent-line"),
  };
}
