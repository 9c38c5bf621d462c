import { clients } from "./clients.ts";
import type { Command } from "./command.ts";
import { dig } from "./dig.ts";
import { hexdump } from "./hexdump.ts";
import { ls } from "./ls.ts";
import { dd, df, free, ifconfig, ip, mount, netstat, top } from "./machine.ts";
import { curl, getent, nc, ncat, nslookup, ping, wget } from "./network.ts";
import { chgrp, chown } from "./owners.ts";
import { sort } from "./sort.ts";
import { sysctl } from "./sysctl.ts";
import {
  arch,
  clear,
  env,
  hostname,
  id,
  kill,
  mktemp,
  nproc,
  pgrep,
  pidof,
  pkill,
  printenv,
  ps,
  stty,
  sync,
  tty,
  uname,
  whoami,
} from "./system.ts";
import { date, sleep, uptime } from "./time.ts";

/** What the library lacks, or does otherwise. */
export const commands: readonly Command[] = [
  sleep,
  date,
  uptime,
  hostname,
  id,
  whoami,
  uname,
  nproc,
  arch,
  sync,
  tty,
  clear,
  ps,
  kill,
  env,
  pgrep,
  pkill,
  printenv,
  mktemp,
  sort,
  wget,
  curl,
  nslookup,
  dig,
  getent,
  hexdump,
  nc,
  ncat,
  ping,
  ls,
  df,
  mount,
  free,
  top,
  sysctl,
  ip,
  ifconfig,
  netstat,
  dd,
  chown,
  chgrp,
  stty,
  pidof,
  ...clients,
];
