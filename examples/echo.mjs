// A small upstream that answers with what it got.
import { createServer } from "node:http";

/** @returns {Promise<import("node:http").Server>} */
export const startEcho = (port, host = "127.0.0.1") =>
  new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      const chunks = [];
      request.on("data", (chunk) => chunks.push(chunk));
      request.on("end", () => {
        const { method, url, headers } = request;
        const body = JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }, null, 2);
        response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
        response.end(`${body}`);
      });
    });
    server.once("error", reject);
    server.listen(port, host, () => resolve(server));
  });
