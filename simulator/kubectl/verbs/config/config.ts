import type { Command } from "../../cli/command.ts";
import {
  deleteCluster,
  deleteContext,
  deleteUser,
  renameContext,
  setCluster,
  setContext,
  setCredentials,
  useContext,
} from "./change.ts";
import { setProperty, unsetProperty } from "./properties.ts";
import { configView, currentContext, getClusters, getContexts, getUsers } from "./view.ts";

/** `kubectl config`. Models kubectl pkg/cmd/config. */
export const config: Command = {
  name: "config",
  use: "SUBCOMMAND [options]",
  short: "Modify kubeconfig files",
  commands: [
    configView,
    setCluster,
    setCredentials,
    setContext,
    setProperty,
    unsetProperty,
    currentContext,
    useContext,
    getContexts,
    getClusters,
    getUsers,
    deleteCluster,
    deleteContext,
    deleteUser,
    renameContext,
  ].map((command) => ({ ...command, local: true })),
};
