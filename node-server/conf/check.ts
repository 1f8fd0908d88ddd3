import { addressSet, isReference } from "../../core/index.ts";
import { dnsProblems } from "./dns.ts";
import { templateProblems } from "./errortemplates.ts";
import { parseListeners } from "./listeners.ts";
import { properties, type PropertyName, propertyNames, type Texts } from "./properties.ts";
import type { Property } from "./property.ts";
import { bytesOf, listOf, msOf } from "./value.ts";

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const known: Readonly<Partial<Record<PropertyName, Readonly<Record<string, string>>>>> = {
  database: {
    cassandra: "Cassandra as a datastore is not supported. Please use postgres, or sqlite for one machine.",
  },
  role: {
    control_plane:
      "role = control_plane is not supported: nodes that share a database need no control plane.",
    data_plane: "role = data_plane is not supported: nodes that share a database need no control plane.",
  },
};

const oneProblem = (name: PropertyName, property: Property, value: string): string | undefined => {
  const { type, oneOf, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = property;
  const told = known[name]?.[value];
  if (told !== undefined) return told;
  const values = type === "list" ? listOf(value) : [value];
  const wrong = oneOf && values.find((item) => !oneOf.includes(item));
  if (wrong !== undefined) return `${name} has an invalid value: '${wrong}' (${oneOf!.join(", ")})`;
  switch (type) {
    case "boolean":
      return ["on", "off", "true", "false"].includes(value)
        ? undefined
        : `${name} is not a boolean: '${value}'`;
    case "integer":
    case "number": {
      const form = type === "integer" ? /^-?\d+$/ : /^\d+(?:\.\d+)?$/;
      if (!form.test(value)) return `${name} is not a number: '${value}'`;
      if (Number(value) >= min && Number(value) <= max) return undefined;
      return `${name} must be ${min === Number.NEGATIVE_INFINITY ? `at most ${max}` : `at least ${min}`}: '${value}'`;
    }
    case "size":
      return Number.isNaN(bytesOf(value)) ? `${name} is not a size: '${value}'` : undefined;
    case "time":
      return Number.isNaN(msOf(value)) ? `${name} is not a time: '${value}'` : undefined;
    case "listeners": {
      const parsed = parseListeners(value);
      return typeof parsed === "string" ? `${name}: ${parsed}` : undefined;
    }
    default:
      return undefined;
  }
};

const together = (texts: Texts, cert: PropertyName, key: PropertyName): string[] => {
  const [certs, keys] = [listOf(texts[cert]).length, listOf(texts[key]).length];
  return certs === keys ? [] : [`${cert} and ${key} must be given together, as many of each`];
};

/** What is wrong with properties of their own kinds, beyond what their types say. */
const special = (texts: Texts): string[] => {
  const problems: string[] = [];
  const workers = Number(texts.nginx_worker_processes);
  if (
    texts.nginx_worker_processes !== "auto" &&
    !(Number.isInteger(workers) && workers >= 1 && workers <= 1024)
  )
    problems.push(
      `nginx_worker_processes is neither auto nor a number from 1 to 1024: '${texts.nginx_worker_processes}'`,
    );
  const cacheBytes = bytesOf(texts.mem_cache_size);
  if (!(cacheBytes >= 8192 && cacheBytes <= 4 * 1024 ** 3))
    problems.push(`mem_cache_size is not a size from 8k to 4g: '${texts.mem_cache_size}'`);
  try {
    addressSet(listOf(texts.trusted_ips));
  } catch (error) {
    problems.push(`trusted_ips: ${(error as Error).message}`);
  }
  for (const entry of listOf(texts.port_maps))
    if (!/^\d{1,5}:\d{1,5}$/.test(entry)) problems.push(`port_maps: '${entry}' is not of the form known:own`);
  problems.push(...templateProblems(texts));
  if (texts.node_id !== "" && !uuid.test(texts.node_id)) problems.push("node_id must be a valid UUID");
  if (!/^\d+\s+\d+[kmg]?$/i.test(texts.nginx_http_large_client_header_buffers))
    problems.push(
      `nginx_http_large_client_header_buffers is not a number and a size: '${texts.nginx_http_large_client_header_buffers}'`,
    );
  for (const protocol of texts.ssl_protocols.split(/\s+/).filter(Boolean))
    if (!/^TLSv1(?:\.[123])?$/.test(protocol)) problems.push(`ssl_protocols: unknown protocol '${protocol}'`);
  if (texts.ssl_cipher_suite === "custom" && texts.ssl_ciphers === "")
    problems.push("ssl_ciphers must be given with ssl_cipher_suite = custom");
  for (const name of listOf(texts.vaults))
    if (!["bundled", "env", "off"].includes(name)) problems.push(`vault '${name}' is not installed`);
  return problems;
};

/** Everything that is wrong with a configuration. What a vault keeps is not looked at. */
export const problemsOf = (texts: Texts): string[] => {
  const problems: string[] = [];
  for (const name of propertyNames) {
    const text = texts[name];
    if (text === "" || isReference(text)) continue;
    const problem = oneProblem(name, properties[name], text);
    if (problem !== undefined) problems.push(problem);
  }
  const told = new Set(problems.map((problem) => /^\w+/.exec(problem)?.[0]));
  // A property is told of once.
  for (const problem of [...special(texts), ...dnsProblems(texts)])
    if (!told.has(/^\w+/.exec(problem)?.[0])) problems.push(problem);
  return [
    ...problems,
    ...together(texts, "ssl_cert", "ssl_cert_key"),
    ...together(texts, "admin_ssl_cert", "admin_ssl_cert_key"),
    ...together(texts, "status_ssl_cert", "status_ssl_cert_key"),
  ];
};
