/** What the data path reads of the entities, as they are stored (Kong's names). */
export interface RouteRow {
  readonly id: string;
  readonly name?: string | null;
  readonly protocols: readonly string[];
  readonly paths?: readonly string[] | null;
  readonly strip_path: boolean;
  readonly preserve_host: boolean;
  readonly https_redirect_status_code: number;
  readonly request_buffering: boolean;
  readonly response_buffering: boolean;
  readonly service?: { readonly id: string } | null;
  readonly tags?: readonly string[] | null;
}

export interface ServiceRow {
  readonly id: string;
  readonly name?: string | null;
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
  readonly path?: string | null;
  readonly retries: number;
  readonly connect_timeout: number;
  readonly write_timeout: number;
  readonly read_timeout: number;
  readonly enabled: boolean;
  readonly tls_verify?: boolean | null;
  readonly tls_verify_depth?: number | null;
  readonly client_certificate?: { readonly id: string } | null;
  readonly ca_certificates?: readonly string[] | null;
}

export interface ConsumerRow {
  readonly id: string;
  readonly username?: string | null;
  readonly custom_id?: string | null;
}

export interface PluginRow {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly config: unknown;
  readonly protocols?: readonly string[] | null;
  readonly route?: { readonly id: string } | null;
  readonly service?: { readonly id: string } | null;
  readonly consumer?: { readonly id: string } | null;
}

type HashKind = "none" | "consumer" | "ip" | "header" | "cookie" | "path" | "query_arg" | "uri_capture";

interface Healthy {
  readonly successes: number;
  readonly http_statuses: readonly number[];
}

interface Unhealthy {
  readonly http_failures: number;
  readonly tcp_failures: number;
  readonly timeouts: number;
  readonly http_statuses: readonly number[];
}

export interface ActiveChecks {
  readonly type: string;
  readonly timeout: number;
  readonly concurrency: number;
  readonly http_path: string;
  readonly https_sni?: string | null;
  readonly https_verify_certificate: boolean;
  readonly headers?: Readonly<Record<string, readonly string[]>> | null;
  readonly healthy: Healthy & { readonly interval: number };
  readonly unhealthy: Unhealthy & { readonly interval: number };
}

export interface UpstreamRow {
  readonly id: string;
  readonly name: string;
  readonly algorithm: string;
  readonly slots: number;
  readonly hash_on: HashKind;
  readonly hash_fallback: HashKind;
  readonly hash_on_header?: string | null;
  readonly hash_fallback_header?: string | null;
  readonly hash_on_cookie?: string | null;
  readonly hash_on_cookie_path?: string | null;
  readonly hash_on_query_arg?: string | null;
  readonly hash_fallback_query_arg?: string | null;
  readonly hash_on_uri_capture?: string | null;
  readonly hash_fallback_uri_capture?: string | null;
  readonly host_header?: string | null;
  readonly use_srv_name?: boolean;
  readonly client_certificate?: { readonly id: string } | null;
  readonly healthchecks?: {
    readonly threshold?: number;
    readonly active?: ActiveChecks;
    readonly passive?: { readonly healthy: Healthy; readonly unhealthy: Unhealthy };
  };
}

export interface TargetRow {
  readonly id: string;
  readonly target: string;
  readonly weight: number;
  readonly upstream: { readonly id: string };
}
