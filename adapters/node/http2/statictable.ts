/** Names and values that both sides know, from index 1 on. @see RFC 7541 appendix A */
const rows = `
:authority
:method GET
:method POST
:path /
:path /index.html
:scheme http
:scheme https
:status 200
:status 204
:status 206
:status 304
:status 400
:status 404
:status 500
accept-charset
accept-encoding gzip, deflate
accept-language
accept-ranges
accept
access-control-allow-origin
age
allow
authorization
cache-control
content-disposition
content-encoding
content-language
content-length
content-location
content-range
content-type
cookie
date
etag
expect
expires
from
host
if-match
if-modified-since
if-none-match
if-range
if-unmodified-since
last-modified
link
location
max-forwards
proxy-authenticate
proxy-authorization
range
referer
refresh
retry-after
server
set-cookie
strict-transport-security
transfer-encoding
user-agent
vary
via
www-authenticate
`
  .trim()
  .split("\n")
  .map((row) => row.split(/ (.*)/));

export const STATIC_ROWS = rows.length;

export const staticNames: readonly string[] = ["", ...rows.map(([name]) => name!)];
export const staticValues: readonly string[] = ["", ...rows.map(([, value = ""]) => value)];

const byName = new Map<string, number>();
const byField = new Map<string, number>();
rows.forEach(([name, value = ""], row) => {
  if (!byName.has(name!)) byName.set(name!, row + 1);
  if (value !== "") byField.set(`${name} ${value}`, row + 1);
});

/** The first row with that name, 0 for none. */
export const staticNameIndex = (name: string): number => byName.get(name) ?? 0;

/** The row with that name and value, 0 for none. */
export const staticFieldIndex = (name: string, value: string): number => byField.get(`${name} ${value}`) ?? 0;
