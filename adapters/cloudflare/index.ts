export { KvConfigurations, type PublishedConfiguration } from "./configuration.ts";
