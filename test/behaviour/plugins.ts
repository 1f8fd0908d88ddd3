import { type Case, problem } from "./case.ts";

const key = ["apikey", "ada-key"];
const formBody = ["Content-Type", "application/x-www-form-urlencoded"];
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export const plugins: Case[] = [
  {
    name: "key-auth asks for a key",
    asks: { path: "/private" },
    status: 401,
    headers: { "www-authenticate": "Key", "x-kong-response-latency": /^\d+$/ },
    body: problem("No API key found in request"),
    upstream: null,
  },
  {
    name: "key-auth tells whose the key is, and hides it",
    asks: { path: "/private", headers: key },
    status: 200,
    upstream: { headers: { "x-consumer-username": "ada", "x-consumer-custom-id": "c-1", apikey: null } },
  },
  {
    name: "key-auth finds and hides keys in the query",
    asks: { path: "/private?a=1&apikey=ada-key" },
    status: 200,
    upstream: { url: "/?a=1", headers: { "x-consumer-username": "ada" } },
  },
  {
    name: "key-auth refuses unknown keys",
    asks: { path: "/private", headers: ["apikey", "x"] },
    status: 401,
    body: problem("Unauthorized"),
    upstream: null,
  },
  {
    name: "key-auth finds keys in a form",
    asks: { method: "POST", path: "/bodykey", headers: formBody, body: "apikey=ada-key&x=1" },
    status: 200,
    upstream: { body: "apikey=ada-key&x=1", headers: { "x-consumer-username": "ada" } },
  },
  {
    name: "key-auth lets anonymous clients pass where allowed",
    asks: { path: "/anyone" },
    status: 200,
    upstream: { headers: { "x-consumer-username": "guest", "x-anonymous-consumer": "true" } },
  },
  {
    name: "a consumer's own plugin applies",
    asks: { path: "/private", headers: ["apikey", "blocked-key"] },
    status: 403,
    body: '{"message":"you are blocked"}',
    upstream: null,
  },
  {
    name: "correlation-id gives an id both ways",
    asks: { path: "/correlated" },
    status: 200,
    headers: { "x-corr": uuid },
    upstream: { headers: { "x-corr": uuid } },
  },
  {
    name: "correlation-id keeps the client's",
    asks: { path: "/correlated", headers: ["X-Corr", "mine"] },
    status: 200,
    headers: { "x-corr": "mine" },
    upstream: { headers: { "x-corr": "mine" } },
  },
  {
    name: "response-transformer changes JSON",
    asks: { path: "/transformed/json" },
    status: 200,
    headers: { "x-added": "1" },
    body: '{"b":"x","c":"3"}',
  },
  {
    name: "response-transformer leaves other bodies alone",
    asks: { path: "/transformed/status/200" },
    status: 200,
    headers: { "x-added": "1", "x-up": null },
    body: "up",
  },
  {
    name: "request-termination answers with a message",
    asks: { path: "/stopped" },
    status: 403,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: '{"message":"no"}',
    upstream: null,
  },
  {
    name: "request-termination answers with a body",
    asks: { path: "/teapot" },
    status: 418,
    headers: { "content-type": "text/plain; charset=UTF-8" },
    body: "short",
  },
  {
    name: "request-termination needs no service",
    asks: { path: "/maintenance" },
    status: 503,
    body: '{"message":"back soon"}',
  },
  {
    name: "request-termination waits for its trigger",
    asks: { path: "/debug" },
    status: 200,
    body: '{"url":"/"}',
  },
  {
    name: "request-termination echoes",
    asks: { path: "/debug?q=1", headers: ["X-Debug", "1"] },
    status: 200,
    body: /"query":\{"q":"1"\}/,
    upstream: null,
  },
];
