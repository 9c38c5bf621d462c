/** The interpreter's own types, as far as it does not name them. */
import type { Bash } from "just-bash";

export type { Bash, CustomCommand, IFileSystem } from "just-bash";

export type ScriptNode = ReturnType<Bash["transform"]>["ast"];
export type StatementNode = ScriptNode["statements"][number];
export type PipelineNode = StatementNode["pipelines"][number];
export type CommandNode = PipelineNode["commands"][number];
export type SimpleCommand = Extract<CommandNode, { type: "SimpleCommand" }>;
export type FunctionNode = Extract<CommandNode, { type: "FunctionDef" }>;
export type WordNode = NonNullable<SimpleCommand["name"]>;

/** What is loaded of the library when the first shell opens. */
export type Library = Pick<typeof import("just-bash"), "Bash" | "getCommandNames">;
