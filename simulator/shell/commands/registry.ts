import type { Command } from "./command.ts";
import { dig } from "./dig.ts";
import { curl, nc, ncat, nslookup, ping, wget } from "./network.ts";
import { sort } from "./sort.ts";
import {
  arch,
  clear,
  env,
  hostname,
  id,
  kill,
  mktemp,
  nproc,
  printenv,
  ps,
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
  printenv,
  mktemp,
  sort,
  wget,
  curl,
  nslookup,
  nc,
  ncat,
  dig,
  ping,
];
