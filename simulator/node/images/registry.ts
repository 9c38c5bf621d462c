import type { Container } from "../../api/schema/generated/types.ts";
import { defineRegistry } from "../../base/registry.ts";
import { agnhost } from "./agnhost.ts";
import { busyboxHttpd } from "./busybox-httpd.ts";
import { cassandra } from "./cassandra.ts";
import { programName, readCommand, splitWords } from "./command.ts";
import { mariadb, mongo, mysql, postgres } from "./databases.ts";
import { GENERIC_SIZE_BYTES, genericBehaviour } from "./generic.ts";
import { cuda, vectorAdds } from "./gpu.ts";
import { httpd, httpdOfKubernetes } from "./httpd.ts";
import { type Behaviour, type Image, runsForever } from "./image.ts";
import { parseImageName } from "./image-name.ts";
import { kubernetesImages } from "./kubernetes-images.ts";
import { languageImages } from "./languages.ts";
import { memcached } from "./memcached.ts";
import { mlModel, tensorflowServing } from "./ml-model.ts";
import { nginx, nginxOfKubernetes, nginxUnprivileged } from "./nginx.ts";
import { redis, redisOfExamples } from "./redis.ts";
import { samples } from "./samples.ts";
import { curl, helloWorld, shellImages } from "./shell-images.ts";
import { xtrabackup } from "./xtrabackup.ts";
import { zookeeper } from "./zookeeper.ts";

/** Every image whose behaviour is simulated: one line each, or a family. */
export const images = defineRegistry<Image>(
  "image",
  [
    ...kubernetesImages,
    ...shellImages,
    curl,
    helloWorld,
    nginx,
    nginxUnprivileged,
    ...nginxOfKubernetes,
    httpd,
    httpdOfKubernetes,
    redis,
    ...redisOfExamples,
    memcached,
    postgres,
    mysql,
    mariadb,
    mongo,
    xtrabackup,
    ...cassandra,
    ...zookeeper,
    ...languageImages,
    mlModel,
    tensorflowServing,
    cuda,
    ...vectorAdds,
    ...agnhost,
    ...samples,
  ],
  (image) => image.name,
);

/** Container specs are frozen and shared by the pods of a template: so is what they do. */
const behaviours = new WeakMap<Container, Behaviour>();

/** What a container's process does. */
export function behaviourOf(container: Container): Behaviour {
  let behaviour = behaviours.get(container);
  if (behaviour === undefined) {
    behaviour = behave(container);
    behaviours.set(container, behaviour);
  }
  return behaviour;
}

function behave(container: Container): Behaviour {
  const name = parseImageName(container.image ?? "");
  const image = name.ok ? images.get(name.value.name) : undefined;
  const { command, args } = container;
  const words = command?.length ? [...command, ...(args ?? [])] : args?.length ? args : undefined;
  const read = words === undefined ? undefined : readCommand(words);
  if (read !== undefined) return read;
  if (image === undefined) return genericBehaviour(container);
  // A command of the container's own that can't be read is not the image's server, unless it names it or gives it flags.
  if (command?.length && image.behave({ words: undefined, container }).process === undefined) {
    const known = image.name.slice(image.name.lastIndexOf("/") + 1);
    const program = programName(command[0] ?? "");
    const isServer = program.startsWith(known) || image.programs?.includes(program) === true;
    if (!isServer) return { ...runsForever(), ...declaredServer(container) };
  }
  return image.behave({ words, container });
}

const served = new WeakMap<Container, Map<string, Behaviour>>();

/** What a server does that a container's script has started, by its command line. Results are shared. */
export function servedBehaviour(container: Container, command: string): Behaviour {
  const known = served.get(container) ?? new Map<string, Behaviour>();
  served.set(container, known);
  let behaviour = known.get(command);
  if (behaviour === undefined) {
    behaviour = serve(container, splitWords(command));
    known.set(command, behaviour);
  }
  return behaviour;
}

function serve(container: Container, words: readonly string[]): Behaviour {
  const name = parseImageName(container.image ?? "");
  const image = name.ok ? images.get(name.value.name) : undefined;
  const program = programName(words[0] ?? "");
  if (program === "httpd" && words.length > 1 && image?.name.endsWith("/httpd") !== true) return busyboxHttpd(words);
  const own = image?.name.slice(image.name.lastIndexOf("/") + 1) ?? "";
  const isOwn = own !== "" && (program.startsWith(own) || image?.programs?.includes(program) === true);
  return isOwn && image !== undefined ? image.behave({ words, container }) : genericBehaviour(container);
}

/** A program in a known image that serves what its container declares, if anything. */
function declaredServer(container: Container): Partial<Behaviour> {
  return container.ports?.length ? genericBehaviour(container) : {};
}

/** Compressed bytes of an image; those of unknown ones are made up, the same for one name each time. */
export function imageSizeBytes(name: string): number {
  const image = images.get(name);
  if (image !== undefined) return image.sizeBytes;
  let spread = 0;
  for (let index = 0; index < name.length; index++) spread = (spread * 31 + name.charCodeAt(index)) % 1_000_003;
  return GENERIC_SIZE_BYTES + spread * 61;
}
