import { type Image, runsForever } from "./image.ts";

const STREAM = `#!/bin/sh
folder=.
while [ $# -gt 0 ]; do [ "$1" = -C ] && folder="$2"; shift; done
cat > /dev/null
mkdir -p "$folder/mysql"
printf 'mysql-bin.000003\\t154\\t\\n' > "$folder/xtrabackup_binlog_info"
`;

const BACKUP = `#!/bin/sh
echo "completed OK!" >&2
`;

/** Percona's tool for copies, with its scripts' helpers: a copy has no rows, but the files that scripts look for. */
export const xtrabackup: Image = {
  name: "gcr.io/google-samples/xtrabackup",
  sizeBytes: 120_000_000,
  files: { "/usr/bin/xbstream": STREAM, "/usr/bin/xtrabackup": BACKUP },
  behave: runsForever,
};
