declare module "xhr2" {
  export const XMLHttpRequest: unknown;
}
