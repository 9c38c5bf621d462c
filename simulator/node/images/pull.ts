import type { Image } from "./image.ts";
import type { ImageName } from "./image-name.ts";
import { images } from "./registry.ts";

/** Why an image can't be pulled, in the words of containerd. */
export interface PullProblem {
  /** The gRPC code of the runtime's answer. */
  readonly code: "NotFound" | "Unknown";
  readonly text: string;
}

const NO_SUCH = /(does-?not-?exist|not-?exist|non-?exist|no-such|nope|bogus|misspel|typo)/;
/** Hosts that by their names are none: RFC 2606's, and Kubernetes' own tests' `invalid.registry.k8s.io`. */
const NO_HOST = /^invalid\.|\.(invalid|test|example)(:\d+)?$/;
const USUAL_TAGS = /^(latest|stable|mainline|alpine|slim|edge|nightly|main|master|release|lts)(-[a-z0-9.-]+)*$/;
const VERSION_TAG = /^v?(\d+)(\.\d+)*([-_.][A-Za-z0-9._-]+)?$/;

/** Whether an image of ours has the tag. Tags are not listed one by one: what looks like one of its versions is one. */
function hasTag(image: Image, tag: string): boolean {
  if (USUAL_TAGS.test(tag) || image.tags?.some((word) => tag === word || tag.startsWith(`${word}-`))) return true;
  const version = VERSION_TAG.exec(tag);
  if (version === null) return false;
  const major = Number(version[1]);
  return image.majors === undefined || (major >= image.majors[0] && major <= image.majors[1]);
}

/** Whether two words are one slip of the finger apart; short words must keep their letters. */
export function isSlip(word: string, right: string): boolean {
  if (word === right || Math.abs(word.length - right.length) > 1) return false;
  let start = 0;
  while (start < word.length && word[start] === right[start]) start++;
  let end = 0;
  const most = Math.min(word.length, right.length) - start;
  while (end < most && word[word.length - 1 - end] === right[right.length - 1 - end]) end++;
  const wordRest = word.slice(start, word.length - end);
  const rightRest = right.slice(start, right.length - end);
  if (wordRest.length === 2 && rightRest.length === 2) return wordRest === [...rightRest].reverse().join("");
  if (wordRest.length + rightRest.length === 1) return right.length >= 4;
  return wordRest.length === 1 && rightRest.length === 1 && right.length >= 5;
}

function isMisspelt(name: ImageName): boolean {
  if (images.get(name.name) !== undefined) return false;
  const place = name.name.lastIndexOf("/") + 1;
  const folder = name.name.slice(0, place);
  const word = name.name.slice(place);
  return images.all.some((image) => image.name.startsWith(folder) && isSlip(word, image.name.slice(place)));
}

/** Why a pull of this image fails, or undefined when it succeeds. */
export function pullProblem(name: ImageName): PullProblem | undefined {
  const resolving = `failed to pull and unpack image "${name.full}": failed to resolve reference "${name.full}"`;
  if (NO_SUCH.test(name.host) || NO_HOST.test(name.host)) {
    const url = `https://${name.host}/v2/${name.path}/manifests/${name.tag ?? name.digest ?? ""}`;
    const why = `failed to do request: Head "${url}": dial tcp: lookup ${name.host}: no such host`;
    return { code: "Unknown", text: `${resolving}: ${why}` };
  }
  if (NO_SUCH.test(name.path) || isMisspelt(name)) {
    const why = "pull access denied, repository does not exist or may require authorization";
    const server = "server message: insufficient_scope: authorization failed";
    return { code: "Unknown", text: `${resolving}: ${why}: ${server}` };
  }
  if (name.tag === undefined) return undefined;
  const image = images.get(name.name);
  if (!NO_SUCH.test(name.tag) && (image === undefined || hasTag(image, name.tag))) return undefined;
  return { code: "NotFound", text: `${resolving}: ${name.full}: not found` };
}

/** A connection takes this long before the first byte comes. */
const HANDSHAKE_MS = 350;
const CHECK_MS = 150;
const BYTES_PER_MS = 32_000;

/** How long the registry takes to say that the image at hand is the right one. */
export function checkMs(chance: number): number {
  return Math.round(CHECK_MS * (0.75 + chance / 2));
}

/** How long a pull takes; `chance` in [0, 1) spreads it by a quarter to both sides. */
export function pullMs(sizeBytes: number, chance: number): number {
  return Math.round((HANDSHAKE_MS + sizeBytes / BYTES_PER_MS) * (0.75 + chance / 2));
}
