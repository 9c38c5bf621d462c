import { createTheme, type MantineColorsTuple } from "@mantine/core";

/** Mantine's ten shades of our accent; the page's own parts read tokens.css. */
const accent: MantineColorsTuple = [
  "#e0eef7",
  "#c6e0f1",
  "#a3cde8",
  "#7fb7da",
  "#559fcc",
  "#2f86ba",
  "#156fa6",
  "#0a5f94",
  "#084d78",
  "#063a5b",
];

/** The component library dressed in the page's tokens. */
export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  colors: { accent },
  fontFamily: "var(--font-ui)",
  fontFamilyMonospace: "var(--font-mono)",
  fontSizes: { xs: "11px", sm: "12px", md: "13px", lg: "15px", xl: "18px" },
  defaultRadius: "sm",
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true, transitionProps: { duration: 120 } } },
    Menu: { defaultProps: { shadow: "md", transitionProps: { duration: 120 } } },
    Modal: { defaultProps: { transitionProps: { duration: 150 }, centered: false } },
  },
});
