export { LdapBinder } from "./binder.ts";
