// A demonstration node for one test file: the real binary, on a free port, with data of its own.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const repository = resolve(fileURLToPath(import.meta.url), "../../..");
const START_MS_MAX = 120_000;
const STOP_MS_MAX = 10_000;

function binary() {
  if (process.env.EGNATIA_BINARY) {
    return resolve(process.env.EGNATIA_BINARY);
  }
  const target = process.env.CARGO_TARGET_DIR ?? "target";
  return resolve(repository, target, "debug", "egnatia");
}

/**
 * Starts a node. Gives its origin (`http://127.0.0.1:PORT`), its users by role, `region`, and `stop()`.
 * The node prints, as JSON on a line of its own, `{"address", "users": [{"login", "password",
 * "role"}], "nodes": [{"authority", "partner", "address"}]}` once it listens; `region` has all nodes,
 * the first among them, as `openPage` takes them.
 */
export async function startNode() {
  const data = await mkdtemp(join(tmpdir(), "egnatia-browser-"));
  const child = spawn(
    binary(),
    ["demo", "--listen", "127.0.0.1:0", "--data", data, "--json"],
    {
      env: { ...process.env, EGNATIA_LISTS: join(repository, "browser-tests", "lists") },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const said = [];
  const remember = (line) => {
    said.push(line);
    said.splice(0, said.length - 50);
  };
  createInterface({ input: child.stderr }).on("line", remember);

  const stop = async () => {
    if (child.pid && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
      await ended;
      clearTimeout(timer);
    }
    await rm(data, { recursive: true, force: true });
  };

  try {
    const { address, users, nodes } = await announcement(child, said, remember);
    const byRole = Object.fromEntries(users.map((user) => [user.role, user]));
    const user = (role) => userOf(byRole, role);
    const region = (nodes ?? []).map(({ authority, partner, address }) => {
      return { authority, partner, origin: originOf(address), user };
    });
    return { origin: originOf(address), data, region, stop, user };
  } catch (error) {
    await stop();
    throw error;
  }
}

function originOf(address) {
  return address.startsWith("http") ? address.replace(/\/$/, "") : `http://${address}`;
}

function userOf(byRole, role) {
  const user = byRole[role];
  if (!user) {
    throw new Error(`the demonstration has no ${role}; it has ${Object.keys(byRole).join(", ")}`);
  }
  return user;
}

function announcement(child, said, remember) {
  return new Promise((found, failed) => {
    const timer = setTimeout(() => fail("the node did not start in time"), START_MS_MAX);
    function fail(why) {
      clearTimeout(timer);
      failed(new Error(`${why}\n${said.join("\n")}`));
    }
    child.once("error", (error) => fail(`${binary()} cannot be started: ${error.message}`));
    child.once("exit", (code) => fail(`the node ended with ${code} before it listened`));
    createInterface({ input: child.stdout }).on("line", (line) => {
      remember(line);
      if (!line.startsWith("{")) {
        return;
      }
      try {
        const spoken = JSON.parse(line);
        if (spoken.address && spoken.users) {
          clearTimeout(timer);
          found(spoken);
        }
      } catch {
        // Not the line that is waited for.
      }
    });
  });
}
