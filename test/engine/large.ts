// Sends 1 GiB up and 1 GiB down through a gateway of its own and watches its memory:
// node test/engine/large.ts [MiB]
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { type Socket, connect, createServer } from "node:net";
import { portOf } from "./rig.ts";

const MEBIBYTE = 1_048_576;
const size = Number(process.argv[2] ?? 1_024) * MEBIBYTE;
const piece = Buffer.alloc(262_144, "x");

function pour(socket: Socket, bytes: number): void {
  let left = bytes;
  const more = (): void => {
    while (left > 0) {
      const part = left < piece.length ? piece.subarray(0, left) : piece;
      left -= part.length;
      if (!socket.write(part)) {
        socket.once("drain", more);
        return;
      }
    }
  };
  more();
}

/** Counts the bytes behind a head. */
function count(socket: Socket, bytes: number, done: () => void): void {
  let text = "";
  let got = -1;
  socket.on("data", (data: Buffer) => {
    if (got < 0) {
      text += data.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      if (end < 0) return;
      got = text.length - end - 4;
    } else got += data.length;
    if (got === bytes) done();
    else if (got > bytes) throw new Error(`${got - bytes} bytes too many`);
  });
}

const upstream = createServer((socket) => {
  socket.on("error", () => {});
  socket.once("data", (data) => {
    socket.unshift(data);
    if (data.toString("latin1", 0, 4) === "GET ") {
      socket.write(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${size}\r\n\r\n`);
      pour(socket, size);
      socket.resume();
    } else
      count(socket, size, () =>
        socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"),
      );
  });
});
await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));

const serve = new URL("serve.ts", import.meta.url).pathname;
const gateway: ChildProcess = spawn(process.execPath, [serve, "0", String(portOf(upstream))], {
  stdio: ["ignore", "pipe", "inherit"],
});
const port = await new Promise<number>((resolve) =>
  gateway.stdout!.once("data", (line: Buffer) => resolve(Number(/"port":(\d+)/.exec(line.toString())![1]))),
);

const rss = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${gateway.pid}/status`, "utf8"))![1]) / 1_024;

async function measure(title: string, work: (socket: Socket, done: () => void) => void): Promise<boolean> {
  const before = rss();
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, rss())), 20);
  const started = performance.now();
  const socket = connect(port, "127.0.0.1");
  await new Promise<void>((resolve) => work(socket, resolve));
  const seconds = (performance.now() - started) / 1_000;
  clearInterval(watch);
  socket.destroy();
  const flat = peak - before < 48;
  const rounded = {
    beforeMb: Math.round(before),
    peakMb: Math.round(peak),
    mbPerSecond: Math.round(size / MEBIBYTE / seconds),
  };
  console.log(JSON.stringify({ title, ...rounded, flat }));
  return flat;
}

const down = (socket: Socket, done: () => void): void => {
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  count(socket, size, done);
};
const up = (socket: Socket, done: () => void): void => {
  socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
  pour(socket, size);
  count(socket, 2, done);
};
const slowly = (socket: Socket, done: () => void): void => {
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  let got = 0;
  socket.on("data", (data: Buffer) => {
    got += data.length;
    if (got > 64 * MEBIBYTE) return done();
    socket.pause();
    setTimeout(() => socket.resume(), 1);
  });
};

let flat = true;
for (const [title, work] of [
  ["down", down],
  ["up", up],
  ["down again", down],
  ["up again", up],
  ["to a slow client", slowly],
] as const)
  flat = (await measure(title, work)) && flat;
gateway.kill();
upstream.close();
process.exit(flat ? 0 : 1);
