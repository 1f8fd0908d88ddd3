export { md5 } from "../uuid/md5.ts";
