/** Commands that the interpreter knows, or the core runs: what `$PATH` of a simulated image has. */
export const KNOWN: ReadonlySet<string> = new Set(
  (
    "sh bash ash dash sleep true false echo printf cat tac ls cp mv rm mkdir rmdir touch ln chmod chown stat file find " +
    "grep egrep fgrep sed awk sort uniq wc head tail cut tr tee xargs diff cmp comm join paste fold nl rev expand " +
    "unexpand od hexdump xxd strings base64 md5sum sha1sum sha256sum sha512sum gzip gunzip zcat tar jq yq date cal seq " +
    "expr bc env printenv id whoami hostname uname pwd basename dirname readlink realpath which test [ nc wget curl " +
    "nslookup dig ping ps kill df du free mount top sysctl ifconfig ip netstat nproc uptime mktemp dd yes timeout nohup time " +
    "pgrep pkill watch tree split logger sync arch tty stty clear getent install truncate " +
    "redis-cli psql pg_isready mysql mariadb mysqladmin mariadb-admin mongosh mongo healthcheck.sh " +
    "vi vim nano apt apt-get apk dpkg python python3 pip npm perl ruby php java go su strace tcpdump openssl ssh git gcc make"
  ).split(" "),
);
