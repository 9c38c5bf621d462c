import type { JsonObject } from "../../../base/json.ts";
import { base64Of, nameHash } from "../../change/name-hash.ts";
import { metadataOf, withMetadata } from "../../change/object.ts";
import { type Call, type Command, complaint } from "../../cli/command.ts";
import { type Generator, generatorCommand, known } from "./generator.ts";
import { dataOf, SOURCE_FLAGS } from "./sources.ts";

const SECRETS = known("v1", "Secret", "secrets");
const APPEND_HASH = SOURCE_FLAGS.filter(({ name }) => name === "append-hash");

function hashed({ flags }: Call, object: JsonObject): JsonObject {
  if (!flags.on("append-hash")) return object;
  return withMetadata(object, { name: `${String(metadataOf(object).name)}-${nameHash(object)}` });
}

// Models kubectl pkg/cmd/create create_configmap.go
export const configMap: Generator = {
  name: "configmap",
  aliases: ["cm"],
  use: "NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none] [options]",
  short: "Create a config map from a local file, directory or literal value",
  flags: SOURCE_FLAGS,
  mapping: known("v1", "ConfigMap", "configmaps"),
  failing: "failed to create configmap:",
  async make(call, name) {
    const data = await dataOf(call, "ConfigMap", name);
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name } };
    return hashed(call, data.size === 0 ? object : { ...object, data: Object.fromEntries(data) });
  },
};

function secretOf(call: Call, name: string, type: string, data: ReadonlyMap<string, string>): JsonObject {
  const encoded = Object.fromEntries([...data].map(([key, text]) => [key, base64Of(text)]));
  return hashed(call, {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name },
    ...(type !== "" && { type }),
    ...(data.size > 0 && { data: encoded }),
  });
}

// Models kubectl pkg/cmd/create create_secret.go
const generic: Generator = {
  name: "generic",
  use: "NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none] [options]",
  short: "Create a secret from a local file, directory, or literal value",
  flags: [...SOURCE_FLAGS, { name: "type", type: "string", default: "", usage: "The type of secret." }],
  mapping: SECRETS,
  failing: "failed to create secret",
  make: async (call, name) => secretOf(call, name, call.flags.text("type"), await dataOf(call, "Secret", name)),
};

// Models kubectl pkg/cmd/create create_secret_docker.go
const dockerRegistry: Generator = {
  name: "docker-registry",
  use: "NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [--from-file=[key=]source] [--dry-run=server|client|none] [options]",
  short: "Create a secret for use with a Docker registry",
  flags: [
    ...APPEND_HASH,
    { name: "docker-email", type: "string", default: "", usage: "Address for the registry." },
    { name: "docker-password", type: "string", default: "", usage: "Password for the registry." },
    { name: "docker-server", type: "string", default: "https://index.docker.io/v1/", usage: "The registry." },
    { name: "docker-username", type: "string", default: "", usage: "Name for the registry." },
    { name: "from-file", type: "stringSlice", default: "", usage: "A file of docker's configuration." },
  ],
  mapping: SECRETS,
  failing: "failed to create secret",
  async make(call, name) {
    const { flags } = call;
    const type = "kubernetes.io/dockerconfigjson";
    if (flags.list("from-file").length > 0) return secretOf(call, name, type, await dataOf(call, "Secret", name));
    const [username, password, email] = ["username", "password", "email"].map((each) => flags.text(`docker-${each}`));
    const server = flags.text("docker-server");
    if (!username || !password || server === "") {
      throw complaint(
        "either --from-file or the combination of --docker-username, --docker-password and --docker-server is required",
      );
    }
    const login = { username, password, ...(email && { email }), auth: base64Of(`${username}:${password}`) };
    return secretOf(call, name, type, new Map([[".dockerconfigjson", JSON.stringify({ auths: { [server]: login } })]]));
  },
};

const PEM = /-----BEGIN [^-]+-----[\s\S]+-----END [^-]+-----/;

// Models kubectl pkg/cmd/create create_secret_tls.go
const tls: Generator = {
  name: "tls",
  use: "NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none] [options]",
  short: "Create a TLS secret",
  flags: [
    ...APPEND_HASH,
    { name: "cert", type: "string", default: "", usage: "Path of the certificate, in PEM." },
    { name: "key", type: "string", default: "", usage: "Path of its private key, in PEM." },
  ],
  mapping: SECRETS,
  failing: "failed to create secret",
  async make(call, name) {
    const { flags, host } = call;
    const [certPath, keyPath] = [flags.text("cert"), flags.text("key")];
    if (keyPath === "" || certPath === "") throw complaint("key and cert must be specified");
    const texts: string[] = [];
    for (const path of [certPath, keyPath]) {
      const text = await host.files.read(path);
      if (!text.ok) throw complaint(`Cannot read file ${path}, open ${path}: ${text.error}`);
      texts.push(text.value);
    }
    const [cert = "", key = ""] = texts;
    if (!PEM.test(cert)) throw complaint("tls: failed to find any PEM data in certificate input");
    if (!PEM.test(key)) throw complaint("tls: failed to find any PEM data in key input");
    const data = new Map([
      ["tls.crt", cert],
      ["tls.key", key],
    ]);
    return secretOf(call, name, "kubernetes.io/tls", data);
  },
};

export const secret: Command = {
  name: "secret",
  use: "(docker-registry | generic | tls) [options]",
  short: "Create a secret using a specified subcommand",
  commands: [dockerRegistry, generic, tls].map(generatorCommand),
};
