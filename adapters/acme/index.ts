export { AcmeClient } from "./client.ts";
