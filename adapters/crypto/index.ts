export { cryptoCertificates } from "./certificates.ts";
