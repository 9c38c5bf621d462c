import { isObject, type JsonObject } from "../../base/json.ts";
import { type CommandError, complaint } from "../cli/command.ts";
import type { Host } from "../cli/host.ts";
import { parseManifests } from "../documents.ts";
import { toYaml } from "../print/yaml.ts";

const NAMES = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
/** What runs programs or other people's code; there is none of it here. */
const REFUSED = [
  ...["generators", "transformers", "validators", "vars"],
  ...["openapi", "crds", "configurations", "buildMetadata", "sortOptions", "helmGlobals"],
];

/** Fields that a kustomization may have. */
const KNOWN = [
  ...["apiVersion", "kind", "metadata", "resources", "bases", "components", "namespace", "namePrefix", "nameSuffix"],
  ...["commonLabels", "labels", "commonAnnotations", "configMapGenerator", "secretGenerator", "generatorOptions"],
  ...["patches", "patchesStrategicMerge", "patchesJson6902", "images", "replicas", "replacements"],
];
/** Fields of the older form of Helm's charts, and what they are called now. */
const CHART_FIELDS: { readonly [field: string]: string } = {
  chartName: "name",
  chartRepoUrl: "repo",
  chartVersion: "version",
};

/** Fields that are still read, and what says the same now. */
const DEPRECATED: readonly (readonly [string, string])[] = [
  ["bases", "resources"],
  ["commonLabels", "labels"],
  ["patchesJson6902", "patches"],
  ["patchesStrategicMerge", "patches"],
];

/** A kustomization file's fields, all there. */
export interface Kustomization {
  /** Kustomization or Component. */
  readonly kind: string;
  readonly resources: readonly string[];
  readonly bases: readonly string[];
  readonly components: readonly string[];
  readonly namespace: string;
  readonly namePrefix: string;
  readonly nameSuffix: string;
  readonly commonLabels: JsonObject;
  readonly labels: readonly JsonObject[];
  readonly commonAnnotations: JsonObject;
  readonly configMapGenerator: readonly JsonObject[];
  readonly secretGenerator: readonly JsonObject[];
  readonly generatorOptions: JsonObject;
  readonly patches: readonly JsonObject[];
  readonly patchesStrategicMerge: readonly string[];
  readonly patchesJson6902: readonly JsonObject[];
  readonly images: readonly JsonObject[];
  readonly replicas: readonly JsonObject[];
  readonly replacements: readonly JsonObject[];
}

/** A path below a folder, without `.` and `..`. */
export function joined(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${folder}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

export function lstat(path: string): string {
  return `lstat ${path}: no such file or directory`;
}

/** The names in a folder; undefined where it is none. */
export function folderOf(host: Host, path: string): Promise<readonly string[] | undefined> {
  return host.files.list(path);
}

const strings = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
const objects = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
const object = (value: unknown): JsonObject => (isObject(value) ? value : {});
const text = (value: unknown): string => (value === undefined || value === null ? "" : String(value));

export async function kustomizationOf(host: Host, path: string): Promise<Kustomization> {
  const found: string[] = [];
  for (const name of NAMES) if ((await host.files.read(`${path}/${name}`)).ok) found.push(name);
  const [name] = found;
  if (name === undefined) {
    throw complaint(
      `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${path}'`,
    );
  }
  if (found.length > 1) throw complaint(`Found multiple kustomization files under: ${path}\n`);
  const read = await host.files.read(`${path}/${name}`);
  const [document] = parseManifests(read.ok ? read.value : "");
  if (document === undefined) throw complaint(`kustomization.yaml is empty`);
  if (document.object === undefined) {
    throw complaint(`invalid Kustomization: ${document.error?.message ?? "no object"}`);
  }
  const fields = document.object;
  const refused = REFUSED.find((field) => fields[field] !== undefined);
  if (refused !== undefined)
    throw complaint(`the kustomization's field ${JSON.stringify(refused)} is not supported here`);
  const charts = [...objects(fields.helmCharts), ...objects(fields.helmChartInflationGenerator)];
  if (charts[0] !== undefined) throw noHelm(charts[0]);
  const unknown = Object.keys(fields).find((field) => !KNOWN.includes(field) && !/^helmChart/.test(field));
  if (unknown !== undefined) throw complaint(`invalid Kustomization: json: unknown field ${JSON.stringify(unknown)}`);
  for (const [old, now] of DEPRECATED) {
    if (fields[old] === undefined) continue;
    host.err(
      `# Warning: '${old}' is deprecated. Please use '${now}' instead. Run 'kustomize edit fix' to update your Kustomization automatically.\n`,
    );
  }
  return {
    kind: text(fields.kind) || "Kustomization",
    resources: strings(fields.resources),
    bases: strings(fields.bases),
    components: strings(fields.components),
    namespace: text(fields.namespace),
    namePrefix: text(fields.namePrefix),
    nameSuffix: text(fields.nameSuffix),
    commonLabels: object(fields.commonLabels),
    labels: objects(fields.labels),
    commonAnnotations: object(fields.commonAnnotations),
    configMapGenerator: objects(fields.configMapGenerator),
    secretGenerator: objects(fields.secretGenerator),
    generatorOptions: object(fields.generatorOptions),
    patches: objects(fields.patches),
    patchesStrategicMerge: strings(fields.patchesStrategicMerge),
    patchesJson6902: objects(fields.patchesJson6902),
    images: objects(fields.images),
    replicas: objects(fields.replicas),
    replacements: objects(fields.replacements),
  };
}

function noHelm(chart: JsonObject): CommandError {
  const named = Object.fromEntries(Object.entries(chart).map(([key, value]) => [CHART_FIELDS[key] ?? key, value]));
  return complaint(
    `trouble configuring builtin HelmChartInflationGenerator with config: \`\n${toYaml(named)}\`: must specify --enable-helm`,
  );
}

/** Objects of a file that a kustomization names; Lists stand for their items. */
export async function objectsIn(host: Host, folder: string, entry: string): Promise<readonly JsonObject[]> {
  const path = joined(folder, entry);
  const read = await host.files.read(path);
  if (!read.ok) {
    const missing = `evalsymlink failure on '${path}' : ${lstat(path)}`;
    throw complaint(
      `accumulating resources: accumulation err='accumulating resources from '${entry}': ${missing}': must build at directory: not a valid directory: ${missing}`,
    );
  }
  return parseManifests(read.value).flatMap(({ object: found, error }) => {
    if (found === undefined || error !== undefined) {
      throw complaint(
        `accumulating resources: accumulation err='accumulating resources from '${entry}': ${error?.message}'`,
      );
    }
    if (typeof found.kind !== "string" || found.kind === "") {
      throw complaint(
        `accumulating resources: accumulation err='accumulating resources from '${entry}': missing Resource metadata'`,
      );
    }
    return found.kind.endsWith("List") && Array.isArray(found.items) ? found.items.filter(isObject) : [found];
  });
}
