import { type Image, server } from "./image.ts";

/* Cassandra as Kubernetes' own tutorial has it: a ring of those whose names its seeds' service knows. */

/** The ring: the node itself, and who the service of its seeds finds. */
const NODETOOL = `#!/bin/bash
if ! nc -z 127.0.0.1 7199; then
  echo "nodetool: Failed to connect to '127.0.0.1:7199' - ConnectException: 'Connection refused (Connection refused)'." >&2
  exit 1
fi
[ "$1" = status ] || exit 0
echo "Datacenter: \${CASSANDRA_DC:-datacenter1}"
echo ======================
echo "Status=Up/Down"
echo "|/ State=Normal/Leaving/Joining/Moving"
echo "--  Address       Load       Tokens       Owns (effective)  Host ID                               Rack"
service="\${CASSANDRA_SEEDS%%,*}"; service="\${service#*.}"
others=$(nslookup "$service" 2>/dev/null | sed -n '/^Name/,$ s/^Address[^:]*: *\\([0-9.]*\\).*/\\1/p')
count=$(echo "$POD_IP $others" | tr ' ' '\\n' | sort -u | grep -c .)
for address in $(echo "$POD_IP $others" | tr ' ' '\\n' | sort -u); do
  nc -z -w 1 "$address" 7000 && state=UN || state=DN
  id=$(echo "$address" | md5sum | sed 's/^\\(........\\)\\(....\\)\\(....\\)\\(....\\)\\(............\\).*/\\1-\\2-\\3-\\4-\\5/')
  printf '%s  %-12s  104.55 KiB  32           %-16s  %s  %s\\n' "$state" "$address" "$((200 / (count < 2 ? 2 : count))).0%" "$id" "\${CASSANDRA_RACK:-rack1}"
done
`;

const READY = `#!/bin/bash
nodetool status | grep "$POD_IP" | grep -q UN
`;

const cassandraNamed = (name: string, sizeBytes: number, majors?: readonly [number, number]): Image => ({
  name,
  sizeBytes,
  ...(majors && { majors }),
  files: { "/usr/local/bin/nodetool": NODETOOL, "/ready-probe.sh": READY },
  behave: () => server([7000, 7199, 9042], { readyAfterMs: 12_000, onTerm: { afterMs: 2000, exitCode: 143 } }),
});

export const cassandra: readonly Image[] = [
  cassandraNamed("gcr.io/google-samples/cassandra", 160_000_000),
  cassandraNamed("docker.io/library/cassandra", 150_000_000, [2, 5]),
];
