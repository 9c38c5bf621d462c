import { isObject, type JsonObject, type JsonValue } from "../base/json.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { parseManifests } from "../kubectl/documents.ts";
import { readAction, readWait } from "./read-action.ts";
import { readCheck } from "./read-check.ts";
import { at, isSlug, Reader } from "./reader.ts";
import type { Action, Move, Scenario, Step } from "./schema.ts";

/** Texts of files by their path from the folder of all scenarios: `self-healing/scenario.yaml`. */
export type ScenarioFiles = { readonly [path: string]: string };

/** Something wrong with a scenario's files, and where; line and column count from 1. */
export interface ScenarioProblem {
  readonly file: string;
  /** The place in the file, such as `steps[1].check.count`; empty for the file itself. */
  readonly place: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

const FIELDS = ["name", "title", "summary", "minutes", "steps", "solution"];
const STEP_FIELDS = ["id", "title", "text", "hint", "action", "check"];

/** Reads the scenario of a folder, or says everything that is wrong with it. */
export function loadScenario(folder: string, files: ScenarioFiles): Result<Scenario, readonly ScenarioProblem[]> {
  const file = `${folder}/scenario.yaml`;
  const text = Object.hasOwn(files, file) ? files[file] : undefined;
  const problem = (message: string, line = 1, column = 1) => fail([{ file, place: "", line, column, message }]);
  if (text === undefined) return problem("the file is missing");
  const documents = parseManifests(text);
  const [document] = documents;
  if (document?.error !== undefined)
    return problem(document.error.message, document.error.at.line, document.error.at.column);
  if (document?.object === undefined || documents.length > 1) return problem("must hold one YAML document, an object");

  const reader = new Reader();
  const fileOf = (name: string) => {
    const path = resolvePath(folder, name);
    return path !== undefined && Object.hasOwn(files, path) ? files[path] : undefined;
  };
  const scenario = readScenario(reader, document.object, folder, fileOf);
  if (reader.misfits.length === 0) return ok(scenario);
  return fail(
    reader.misfits.map(({ place, message }) => ({
      file,
      place,
      ...document.locate(place),
      message: `${place || "the file"} ${message}`,
    })),
  );
}

/** A file beside the scenario, or in another scenario's folder (`../other/web.yaml`). */
function resolvePath(folder: string, name: string): string | undefined {
  const parts = [folder];
  for (const part of name.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

function readScenario(
  reader: Reader,
  value: JsonObject,
  folder: string,
  fileOf: (name: string) => string | undefined,
): Scenario {
  reader.object(value, "", FIELDS);
  const name = reader.text(value.name, "name");
  if (name !== "" && name !== folder) reader.problem("name", `must be that of its folder, ${folder}`);
  const hasManifest = (manifest: string) => fileOf(manifest) !== undefined;
  const steps: Step[] = [];
  for (const [index, each] of reader.list(value.steps, "steps").entries()) {
    steps.push(
      readStep(
        reader,
        each,
        `steps[${index}]`,
        steps.map(({ id }) => id),
        hasManifest,
      ),
    );
  }
  const solution = reader
    .list(value.solution, "solution")
    .map((each, index) => readMove(reader, each, `solution[${index}]`, steps, hasManifest));
  const actions = [...steps, ...solution].flatMap(({ action }) => action ?? []);
  const manifests = actions.flatMap((action) => (action.kind === "apply" ? [action.manifest] : []));
  return {
    name,
    title: reader.text(value.title, "title"),
    summary: reader.text(value.summary, "summary"),
    minutes: reader.whole(value.minutes, "minutes", 1),
    steps,
    solution,
    manifests: Object.fromEntries(manifests.map((manifest) => [manifest, fileOf(manifest) ?? ""])),
  };
}

function readStep(
  reader: Reader,
  value: JsonValue,
  place: string,
  before: readonly string[],
  hasManifest: (name: string) => boolean,
): Step {
  const given = reader.object(value, place, STEP_FIELDS);
  const id = reader.text(given.id, at(place, "id"));
  if (id !== "" && !isSlug(id)) reader.problem(at(place, "id"), "must be lower-case letters, digits and dashes");
  if (before.includes(id)) reader.problem(at(place, "id"), `is that of another step, ${id}`);
  const hint = reader.optionalText(given.hint, at(place, "hint"));
  const action =
    given.action === undefined ? undefined : readAction(reader, given.action, at(place, "action"), hasManifest);
  return {
    id,
    title: reader.text(given.title, at(place, "title")),
    text: reader.text(given.text, at(place, "text")),
    ...(hint !== undefined && { hint }),
    ...(action !== undefined && { action }),
    check: readCheck(reader, given.check, at(place, "check"), [...before, id]),
  };
}

function readMove(
  reader: Reader,
  value: JsonValue,
  place: string,
  steps: readonly Step[],
  hasManifest: (name: string) => boolean,
): Move {
  const given = reader.object(value, place, ["step", "action", "wait"]);
  const waitMs = given.wait === undefined ? 0 : readWait(reader, given.wait, at(place, "wait"));
  if (isObject(value) && Object.keys(value).length === 0) reader.problem(place, "must have step, action or wait");
  let action: Action | undefined;
  if (given.step !== undefined) {
    const step = steps.find(({ id }) => id === given.step);
    if (step === undefined) reader.problem(at(place, "step"), "is not the id of a step");
    else if (step.action === undefined) reader.problem(at(place, "step"), "names a step without an action");
    if (given.action !== undefined) reader.problem(place, "may have a step or an action, not both");
    action = step?.action;
  } else if (given.action !== undefined) {
    action = readAction(reader, given.action, at(place, "action"), hasManifest);
  }
  return { ...(action !== undefined && { action }), waitMs };
}
