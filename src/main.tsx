import "./theme/tokens.css";
import "./theme/mantine.css";
import "@xyflow/react/dist/base.css";
import "./theme/base.css";
import { MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";
import { restoreText } from "./deeds/manifest.ts";
import { openSession } from "./session/open.ts";
import { connect } from "./store/connect.ts";
import { theme } from "./theme/theme.ts";
import { ErrorBoundary } from "./widgets/ErrorBoundary.tsx";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root.");

connect(openSession());
void restoreText();

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <ErrorBoundary what="The page">
        <App />
      </ErrorBoundary>
    </MantineProvider>
  </StrictMode>,
);
