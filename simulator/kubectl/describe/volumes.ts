import { quantityOf, signOf } from "../../api/meta/quantity.ts";
import type {
  DownwardAPIVolumeSource,
  PersistentVolumeClaim,
  ProjectedVolumeSource,
  Volume,
} from "../../api/schema/generated/types.ts";
import { isObject, type JsonObject } from "../../base/json.ts";
import { pairsLines, writeClaim } from "./claim.ts";
import { NestedText, type TextSink } from "./text.ts";
import { PERSISTENT_SOURCES, type SourceWords, sourceValue, VOLUME_SOURCES } from "./volume-sources.ts";

// Models kubectl pkg/describe describeVolumes
/** A pod's volumes; `space` stands before the titles of a pod template. */
export function writeVolumes(out: TextSink, volumes: readonly Volume[] = [], space = ""): void {
  if (volumes.length === 0) {
    out.write(0, `${space}Volumes:\t<none>\n`);
    return;
  }
  out.write(0, `${space}Volumes:\n`);
  for (const volume of volumes) {
    out.write(1, `${space === "" ? "" : " "}${volume.name}:\n`);
    if (volume.projected !== undefined) writeProjected(out, volume.projected);
    else if (volume.downwardAPI !== undefined) writeDownward(out, volume.downwardAPI);
    else if (volume.ephemeral !== undefined) writeEphemeral(out, volume);
    else writeSource(out, volume as unknown as JsonObject, VOLUME_SOURCES);
  }
}

/** Where a persistent volume's data is. */
export function writePersistentSource(out: TextSink, spec: JsonObject): void {
  writeSource(out, spec, PERSISTENT_SOURCES);
}

function writeSource(out: TextSink, holder: JsonObject, sources: { readonly [field: string]: SourceWords }): void {
  const field = Object.keys(sources).find((each) => isObject(holder[each]));
  const words = sources[field ?? ""];
  const source = holder[field ?? ""];
  if (field === undefined || words === undefined || !isObject(source)) {
    out.write(1, "<unknown>\n");
    return;
  }
  out.write(2, `Type:\t${words.type}\n`);
  for (const [label, name, unset, colon] of words.fields) {
    const isEmptySize = name === "sizeLimit" && signOf(quantityOf(String(source[name] ?? "0"))) <= 0;
    const value = sourceValue(name, isEmptySize ? undefined : source[name], unset);
    out.write(2, `${label}${colon === false ? "" : ":"}\t${value}\n`);
  }
  if (field === "csi") {
    const attributes = isObject(source.volumeAttributes) ? source.volumeAttributes : {};
    const lines = pairsLines(attributes);
    out.write(2, lines.length === 0 ? "VolumeAttributes:\t<none>\n" : "VolumeAttributes:\t");
    // Each line has the blanks of its depth, beside the title too.
    lines.forEach((line, index) => {
      if (index > 0) out.write(2, "    \t");
      out.write(2, `${line}\n`);
    });
  }
}

function writeProjected(out: TextSink, { sources = [] }: ProjectedVolumeSource): void {
  out.write(2, "Type:\tProjected (a volume that contains injected data from multiple sources)\n");
  for (const { secret, downwardAPI, configMap, serviceAccountToken } of sources) {
    if (secret !== undefined) {
      out.write(2, `SecretName:\t${secret.name ?? ""}\n    Optional:\t${secret.optional === true}\n`);
    } else if (downwardAPI !== undefined) out.write(2, "DownwardAPI:\ttrue\n");
    else if (configMap !== undefined) {
      out.write(2, `ConfigMapName:\t${configMap.name ?? ""}\n    Optional:\t${configMap.optional === true}\n`);
    } else if (serviceAccountToken !== undefined) {
      out.write(2, `TokenExpirationSeconds:\t${serviceAccountToken.expirationSeconds ?? 0}\n`);
    }
  }
}

function writeDownward(out: TextSink, { items = [] }: DownwardAPIVolumeSource): void {
  out.write(2, "Type:\tDownwardAPI (a volume populated by information about the pod)\n    Items:\n");
  for (const { fieldRef, resourceFieldRef, path } of items) {
    if (fieldRef !== undefined) out.write(3, `${fieldRef.fieldPath} -> ${path}\n`);
    if (resourceFieldRef !== undefined) out.write(3, `${resourceFieldRef.resource} -> ${path}\n`);
  }
}

function writeEphemeral(out: TextSink, { ephemeral }: Volume): void {
  const type = "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)";
  out.write(2, `Type:\t${type}\n`);
  const template = ephemeral?.volumeClaimTemplate;
  if (template !== undefined) writeClaim(new NestedText(out, 2), template as PersistentVolumeClaim, false);
}
