import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { NativeConnection } from '@temporalio/worker';

/** By what operators find runs in Temporal's UI. Plain text there: names only, never prompts. */
export const searchAttributes = {
  team: defineSearchAttributeKey('AtelierTeam', SearchAttributeType.KEYWORD),
  credentialClass: defineSearchAttributeKey('AtelierClass', SearchAttributeType.KEYWORD),
  campaign: defineSearchAttributeKey('AtelierCampaign', SearchAttributeType.KEYWORD),
  kind: defineSearchAttributeKey('AtelierKind', SearchAttributeType.KEYWORD),
} as const;

/** INDEXED_VALUE_TYPE_KEYWORD of Temporal's API. */
const KEYWORD = 2;

/** Registers the search attributes that the server does not know yet. */
export async function ensureSearchAttributes(connection: NativeConnection, namespace: string): Promise<void> {
  const known = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(searchAttributes).filter((key) => known.customAttributes[key.name] === undefined);
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map((key) => [key.name, KEYWORD])),
  });
}
