/** What the data path reads of the entities, as they are stored (Kong's names). */
export interface RouteRow {
  readonly id: string;
  readonly name?: string | null;
  readonly protocols: readonly string[];
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
