export { HeaderList } from "./http/headers.ts";
