import { describeTransport } from "../../../test/contracts/transport.ts";
import { SocketTransport } from "../index.ts";

describeTransport("sockets of the runtime", () => new SocketTransport());
