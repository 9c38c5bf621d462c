/** The interpreter's own types, as far as it does not name them. */
import type { Bash } from "just-bash";

export type { Bash, CustomCommand, IFileSystem } from "just-bash";

export type ScriptNode = ReturnType<Bash["transform"]>["ast"];
export type StatementNode = ScriptNode["statements"][number];
export type CommandNode = StatementNode["pipelines"][number]["commands"][number];
type SimpleCommand = Extract<CommandNode, { type: "SimpleCommand" }>;
export type WordNode = NonNullable<SimpleCommand["name"]>;
export type RedirectionNode = SimpleCommand["redirections"][number];
