// A line to a node that can be cut: for everything that a browser does, also for its workers.
import { once } from "node:events";
import { connect, createServer } from "node:net";

/** Gives `origin` in place of that of `node`, `cut()`, `mend()`, and `close()`. */
export async function lineTo(node) {
  const { hostname, port } = new URL(node.origin);
  const ends = new Set();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    for (const [end, other] of [[near, far], [far, near]]) {
      ends.add(end);
      end.on("error", () => other.destroy());
      end.on("close", () => {
        ends.delete(end);
        other.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    isCut = true;
    for (const end of ends) {
      end.destroy();
    }
  };
  return {
    ...node,
    origin: `http://127.0.0.1:${server.address().port}`,
    cut,
    mend: () => {
      isCut = false;
    },
    close: () => {
      cut();
      server.close();
    },
  };
}
