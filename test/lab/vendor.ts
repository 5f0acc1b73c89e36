import type { IncomingHttpHeaders } from 'node:http';

/** A request as it came to a vendor's server of the lab. */
export interface LabRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Of this server, for links in answers: `http://127.0.0.1:40123`. */
  readonly origin: string;
  readonly body: Buffer;
  /** @throws SyntaxError */
  json(): Record<string, unknown>;
  /** @throws when it is no multipart form */
  form(): Promise<LabForm>;
  /** What the route's path names. */
  readonly params: Readonly<Record<string, string>>;
  /** The fault that the request asks for and that the vendor's server imitates itself; see `ownFaults`. */
  readonly fault: string | null;
}

export interface LabForm {
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly files: readonly { readonly field: string; readonly filename: string; readonly contentType: string; readonly bytes: Buffer }[];
}

/** What a server answers; one of `json`, `text`, `bytes` and `events` is its body. */
export interface LabAnswer {
  /** 200 when absent. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  readonly bytes?: Uint8Array;
  /** Server-sent events, in order. */
  readonly events?: readonly LabEvent[];
}

export interface LabEvent {
  readonly event?: string;
  readonly id?: string;
  /** JSON unless it is a text. */
  readonly data: unknown;
}

/** A route of a vendor's server. */
export interface LabRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `/v1/tasks/:id`: a name after `:` is one segment, after `*` any number of them. */
  readonly path: string;
  /** Makes something that costs money: faults are for these. */
  readonly isPaid?: boolean;
  handle(request: LabRequest): LabAnswer | Promise<LabAnswer>;
}

/** One vendor's server. */
export interface LabVendor {
  /** The `kind` of providers that speak to it. */
  readonly kind: string;
  readonly routes: readonly LabRoute[];
  /** Faults that `handle` imitates in the vendor's own way (`failed`, `error_in_200`, `moderated`, `expired_link` ...). */
  readonly ownFaults?: readonly string[];
  /** An answer for a refusal in the vendor's own shape. `retryAfter`: the value of the header, when there is one. */
  refuse(status: number, message: string): LabAnswer;
  /** The answer to an address that the vendor does not have. */
  unknown(request: LabRequest): LabAnswer;
}
