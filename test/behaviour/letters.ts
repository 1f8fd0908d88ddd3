import type { Case } from "./case.ts";

/** What a text is on the wire. */
const bytes = (text: string): string => Buffer.from(text).toString("latin1");

/** Letters beyond ASCII: UTF-8 on the wire, text in configurations. */
export const letters: readonly Case[] = [
  {
    name: "a letter in the path that is not escaped is escaped",
    asks: { path: bytes("/open/ü") },
    status: 200,
    upstream: { url: "/%C3%BC" },
    notAtOrigin: "Bytes beyond ASCII in a request target",
  },
  {
    name: "letters in fields pass as they are",
    asks: { path: "/open/", headers: ["X-Name", bytes("ü €")] },
    status: 200,
    upstream: { headers: { "x-name": bytes("ü €") } },
  },
  {
    name: "a key with letters is found, and the upstream told its owner's name",
    asks: { path: "/private", headers: ["apikey", bytes("schlüssel")] },
    status: 200,
    upstream: { headers: { "x-consumer-username": bytes("jürgen"), "x-consumer-custom-id": bytes("€7") } },
  },
  {
    name: "a key with letters is found in the query",
    asks: { path: "/private?apikey=schl%C3%BCssel" },
    status: 200,
    upstream: { headers: { "x-consumer-username": bytes("jürgen") } },
  },
  {
    name: "a field with letters selects a route",
    asks: { path: "/letters?q=%C3%B6", headers: ["X-City", bytes("ZÜRICH")] },
    status: 200,
    headers: { "x-added": bytes("ü"), "x-wide": bytes("€") },
    upstream: {
      url: "/?q=%C3%B6&p=%C3%BC",
      headers: { "x-own": bytes("ü-ZÜRICH"), "x-query": bytes("ö") },
    },
  },
  {
    name: "another one does not",
    asks: { path: "/letters", headers: ["X-City", bytes("Basel")] },
    status: 404,
    upstream: null,
  },
  {
    name: "a realm with letters is told",
    asks: { path: "/kitchen" },
    status: 401,
    headers: { "www-authenticate": `Key realm="${bytes("Küche")}"` },
    upstream: null,
  },
];
