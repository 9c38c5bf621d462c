const DIGEST = /@[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]+$/i;

// Models pkg/util/parsers ParseImageName
/** The tag that an image is pulled by: `latest` where neither tag nor digest is given, undefined beside a digest. */
export function imageTag(image: string): string | undefined {
  const digest = DIGEST.test(image);
  const name = image.replace(DIGEST, "");
  // A colon before the last slash belongs to the registry's port.
  const colon = name.indexOf(":", name.lastIndexOf("/") + 1);
  if (colon >= 0) return name.slice(colon + 1);
  return digest ? undefined : "latest";
}
