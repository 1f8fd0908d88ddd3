import { execFileSync } from "node:child_process";
import { chownSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";

/** A user that the gateway runs as. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const ask = (...args: string[]): number =>
  Number(execFileSync("id", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));

const find = (user: string, group: string | undefined): Account | undefined => {
  try {
    const uid = ask("-u", user);
    // A group is known by its members' accounts only: `nginx_user = user group` names one that has an account, too.
    return { name: user, uid, gid: ask("-g", group ?? user) };
  } catch {
    return undefined;
  }
};

/**
 * Who serves when root starts the gateway: `nginx_user`, else `sallyport` or `kong` where there is such a user.
 *
 * @returns Undefined to stay who it is.
 * @throws Error when the user that was asked for does not exist.
 */
export const accountFor = (nginxUser: string): Account | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const [user, group] = nginxUser.split(/\s+/).filter(Boolean);
  if (user === undefined) return find("sallyport", undefined) ?? find("kong", undefined);
  const account = find(user, group);
  if (account === undefined) throw new Error(`nginx_user: there is no user '${nginxUser}'`);
  return account.uid === 0 ? undefined : account;
};

const give = (file: string, { uid, gid }: Account): void => {
  for (const entry of readdirSync(file, { withFileTypes: true })) {
    const inner = path.join(file, entry.name);
    // A link could lead anywhere: root must not give that away.
    if (entry.isSymbolicLink()) continue;
    if (entry.isDirectory()) give(inner, { name: "", uid, gid });
    else chownSync(inner, uid, gid);
  }
  chownSync(file, uid, gid);
};

/** Makes what the gateway writes its user's; the folder of the pid file stays root's. */
export const handOver = (prefix: string, account: Account): void => {
  for (const folder of ["logs", "ssl", "cache"]) mkdirSync(path.join(prefix, folder), { recursive: true });
  for (const entry of readdirSync(prefix, { withFileTypes: true })) {
    if (entry.isSymbolicLink() || entry.name === "pids") continue;
    const inner = path.join(prefix, entry.name);
    if (entry.isDirectory()) give(inner, account);
    else chownSync(inner, account.uid, account.gid);
  }
  chownSync(prefix, account.uid, account.gid);
};

/** Gives up root, in every thread and for good. */
export const become = ({ name, uid, gid }: Account): void => {
  // Its types do not know it.
  (process as unknown as { initgroups(user: string, group: number): void }).initgroups(name, gid);
  process.setgid!(gid);
  process.setuid!(uid);
};
