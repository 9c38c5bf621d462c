import type { Family } from "./image-family.ts";

/** The shells of each family of images. */
export const SHELLS: { readonly [family in Family]: readonly string[] } = {
  busybox: ["sh", "ash"],
  alpine: ["sh", "ash", "bash"],
  debian: ["sh", "bash", "dash"],
  ubuntu: ["sh", "bash", "dash"],
  distroless: [],
  scratch: [],
};

/** Programs that images with a shell have. */
export const COMMON_PROGRAMS: readonly string[] =
  "[ awk base64 basename cat chgrp chmod chown chroot cksum clear cmp comm cp cut date dd df diff dirname du echo egrep expand expr false fgrep find fold free grep groups gunzip gzip head hostname id install kill killall link ln ls md5sum mkdir mkfifo mknod mktemp more mount mv nice nl nohup nproc od paste pgrep pidof printenv printf ps pwd readlink realpath rm rmdir sed seq sha1sum sha256sum sha512sum shuf sleep sort split stat stty su sync sysctl tac tail tar tee test timeout top touch tr true truncate tty umount uname uniq unlink unzip uptime usleep vi watch wc wget which whoami xargs yes zcat nc nslookup ping".split(
    " ",
  );

/** Programs of debian's images besides, in the order of nothing in particular. */
export const DEBIAN_PROGRAMS: readonly string[] = "apt apt-get dpkg perl getent curl ip ss less".split(" ");
