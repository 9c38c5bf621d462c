import { isObject, type JsonObject, type JsonValue } from "../base/json.ts";

/** What is wrong at a place of a file: `steps[1].check.count`. */
export interface Misfit {
  readonly place: string;
  readonly message: string;
}

/** Reads loosely typed data into shape and gathers everything that is wrong with it. */
export class Reader {
  readonly misfits: Misfit[] = [];

  problem(place: string, message: string): void {
    this.misfits.push({ place, message });
  }

  /** An object with no other fields than these; an empty one where there is none. */
  object(value: JsonValue | undefined, place: string, fields: readonly string[]): JsonObject {
    if (!isObject(value)) {
      this.problem(place, value === undefined ? "is required" : `must be an object with ${fields.join(", ")}`);
      return {};
    }
    for (const field of Object.keys(value)) {
      if (!fields.includes(field)) {
        this.problem(at(place, field), `is not known here; there may be ${fields.join(", ")}`);
      }
    }
    return value;
  }

  /** A text that is not empty. */
  text(value: JsonValue | undefined, place: string): string {
    if (typeof value === "string" && value.trim() !== "") return value.trim();
    this.problem(place, value === undefined ? "is required" : "must be a text that is not empty");
    return "";
  }

  optionalText(value: JsonValue | undefined, place: string): string | undefined {
    return value === undefined ? undefined : this.text(value, place);
  }

  /** A text of a few. */
  choice<const Choices extends readonly string[]>(
    value: JsonValue | undefined,
    place: string,
    choices: Choices,
  ): Choices[number] | undefined {
    if (typeof value === "string" && choices.includes(value)) return value;
    this.problem(place, value === undefined ? "is required" : `must be one of ${choices.join(", ")}`);
    return undefined;
  }

  /** A whole number of at least `least`. */
  whole(value: JsonValue | undefined, place: string, least: number): number {
    if (typeof value === "number" && Number.isInteger(value) && value >= least) return value;
    this.problem(place, value === undefined ? "is required" : `must be a whole number of at least ${least}`);
    return least;
  }

  /** A list that is not empty. */
  list(value: JsonValue | undefined, place: string): readonly JsonValue[] {
    if (Array.isArray(value) && value.length > 0) return value;
    this.problem(place, value === undefined ? "is required" : "must be a list that is not empty");
    return [];
  }
}

export function at(place: string, field: string): string {
  return place === "" ? field : `${place}.${field}`;
}

/** Lower-case letters, digits and dashes, as in the names of Kubernetes objects. */
export function isSlug(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text);
}
