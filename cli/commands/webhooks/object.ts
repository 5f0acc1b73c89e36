import { facts, table } from '../../table';

/** A webhook endpoint as the API answers it; the fields that people are shown. */
export interface EndpointObject {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly event_types: readonly string[];
  readonly signing_secret_hint: string;
  readonly signing_secret?: string;
  readonly created_at: number;
  readonly enabled: boolean;
  readonly disabled_reason: string | null;
  readonly disabled_at: number | null;
  readonly failing_since: number | null;
  readonly old_secret_expires_at: number | null;
}

export function endpointPath(id: string | undefined, rest = ''): string {
  return `/v1/webhook_endpoints/${encodeURIComponent(id ?? '')}${rest}`;
}

export function endpointTable(endpoints: readonly EndpointObject[]): string {
  return table(
    ['ID', 'NAME', 'STATE', 'EVENTS', 'URL'],
    endpoints.map((endpoint) => [endpoint.id, endpoint.name, stateOf(endpoint), endpoint.event_types.join(','), endpoint.url]),
  );
}

export function endpointText(endpoint: EndpointObject): string {
  return facts([
    ['id', endpoint.id],
    ['name', endpoint.name],
    ['url', endpoint.url],
    ['state', stateOf(endpoint)],
    ['events', endpoint.event_types.join(', ')],
    ['secret', endpoint.signing_secret ?? endpoint.signing_secret_hint],
    ['old secret', endpoint.old_secret_expires_at === null ? null : `signs too until ${timeOf(endpoint.old_secret_expires_at)}`],
    ['created', timeOf(endpoint.created_at)],
  ]);
}

const REASONS: Readonly<Record<string, string>> = {
  gone: 'it answered 410',
  failing: 'nothing was delivered for three days',
  requested: 'switched off',
};

function stateOf({ enabled, disabled_reason: reason, failing_since: since }: EndpointObject): string {
  if (!enabled) return `disabled: ${REASONS[reason ?? ''] ?? String(reason)}`;
  return since === null ? 'enabled' : `failing since ${timeOf(since)}`;
}

function timeOf(seconds: number): string {
  return `${new Date(seconds * 1_000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
