import { type Image, runsForever } from "./image.ts";

/* What scripts ask of MySQL's own tools: whether the server is there, and a few statements. There are no tables. */

const ADMIN = `#!/bin/sh
if nc -z 127.0.0.1 3306; then
  case " $* " in *" ping "*) echo "mysqld is alive" ;; esac
  exit 0
fi
echo "mysqladmin: connect to server at 'localhost' failed" >&2
echo "error: 'Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock' (2)'" >&2
exit 1
`;

/** Statements that ask nothing of tables; any other is refused. */
const CLIENT = `#!/bin/sh
host=127.0.0.1; statement=
while [ $# -gt 0 ]; do
  case "$1" in
    -h|--host) host="$2"; shift ;;
    -h*) host="\${1#-h}" ;;
    --host=*) host="\${1#*=}" ;;
    -e|--execute) statement="$2"; shift ;;
    --execute=*) statement="\${1#*=}" ;;
  esac
  shift
done
if ! nc -z -w 5 "$host" 3306 2>/dev/null; then
  echo "ERROR 2003 (HY000): Can't connect to MySQL server on '$host:3306' (111)" >&2
  exit 1
fi
case "$(echo "$statement" | tr 'a-z\\n' 'A-Z ')" in
  *"CHANGE MASTER"*|*"START SLAVE"*|"FLUSH "*) ;;
  *"SELECT 1"*) printf '1\\n1\\n' ;;
  *"SELECT VERSION()"*) printf 'version()\\n9.5.0\\n' ;;
  *) echo "ERROR 1105 (HY000): this server keeps no tables" >&2; exit 1 ;;
esac
`;

const CLIENTS = { "/usr/bin/mysql": CLIENT };

/** Files of the server's image. */
export const MYSQL_FILES: Image["files"] = { ...CLIENTS, "/usr/bin/mysqladmin": ADMIN };

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
  files: { ...CLIENTS, "/usr/bin/xbstream": STREAM, "/usr/bin/xtrabackup": BACKUP },
  behave: runsForever,
};
