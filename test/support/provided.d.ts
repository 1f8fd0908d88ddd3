import "vitest";

declare module "vitest" {
  export interface ProvidedContext {
    upstreamPort: number;
    deadPort: number;
    /** `address:port` of each name server that is installed. */
    nameServers: { readonly bind9?: string; readonly unbound?: string };
    /** Answers for one of them over HTTP. */
    dohUrl: string | undefined;
  }
}
