import type { NewCampaignItem } from '../../../domain/campaign/campaign';
import type { Caller } from '../../../domain/access/caller';
import { AppError, errorPolicy, isAppError } from '../../../domain/errors';
import type { ApiContext, Sourcing, UsingTemplates } from '../../deps';
import { parseWith } from '../../http/faults';
import { quote } from '../../submit/prepare';
import { wishOf } from '../../submit/routing-fields';
import { requestHash } from '../../submit/idempotency';
import { ceilingOf } from '../../tasks/create';
import { pendingInputOf, withSources } from '../../tasks/input';
import { parseTask } from '../../tasks/parse';
import { createTemplates } from '../../templates/use';
import { isJsonObject, isNestedWithin, merged } from '../merge';
import { itemKey } from '../schema';
import type { SourceItem, SourceRow } from './source';

/** What is wrong with an item, as `error.details` lists it. */
export interface ItemFault {
  readonly index: number;
  readonly key: string | null;
  readonly param: string | null;
  readonly message: string;
  /** Of an item that stood in a spreadsheet: the line, and the title of the column where there is one. */
  readonly line?: number;
  readonly column?: string | null;
}

export type CheckedItem = { readonly item: NewCampaignItem } | { readonly faults: readonly ItemFault[] };

/** Checks the items of one campaign, in order. */
export interface ItemChecker {
  /** Takes the next item: its key and its other ids are claimed at once, so that the later of two is the one at fault. */
  next(source: SourceItem): Promise<CheckedItem>;
}

const DEEPEST = 64;
const ELSEWHERE: Readonly<Record<string, string>> = {
  callback_url: "An item has none of its own: give the campaign's callback_url.",
  priority: 'The items of a campaign come after single requests.',
};

/**
 * @param defaults - merged under each item
 * @param whenNoJson - a line that is no JSON: its fault, or the end of the whole request
 */
export function createItemChecker(
  context: Sourcing & UsingTemplates & Pick<ApiContext, 'catalogue' | 'routeState'>,
  caller: Caller,
  defaults: Readonly<Record<string, unknown>>,
  whenNoJson: 'fault' | 'refuse',
): ItemChecker {
  // One for all items: they are checked and priced alike, however long that takes.
  const catalogue = context.catalogue.current();
  // Every item that names a template means the same version of it.
  const templates = createTemplates(context, caller.teamId, null);
  const keys = new Set<string>();
  const externalIds = new Set<string>();
  let index = 0;

  function claimKey(given: unknown): string {
    const key = given === undefined || given === null ? String(index) : parseWith(itemKey, given, ['key']);
    if (keys.has(key)) {
      const what =
        given === undefined || given === null ? 'This item has no key, so its position is its key, and' : 'The key is not unique:';
      throw new AppError('invalid_value', `${what} an earlier item has the key ${JSON.stringify(key)}.`, { param: 'key' });
    }
    keys.add(key);
    return key;
  }

  function claimExternalId(id: string | null | undefined): void {
    if (id === undefined || id === null) return;
    if (externalIds.has(id)) {
      throw new AppError('invalid_value', `An earlier item has the external_id ${JSON.stringify(id)}.`, { param: 'external_id' });
    }
    externalIds.add(id);
  }

  async function check(own: Readonly<Record<string, unknown>>, at: number): Promise<NewCampaignItem> {
    const { key: _given, ...fields } = own;
    for (const [field, hint] of Object.entries(ELSEWHERE)) {
      if (field in fields) throw new AppError('unknown_parameter', `Unknown parameter: ${field}. ${hint}`, { param: field });
    }
    if (!isNestedWithin(own, DEEPEST)) throw new AppError('invalid_value', `The item is nested deeper than ${DEEPEST} levels.`);
    const key = claimKey(own['key']);
    const { body: expanded, template } = await templates.expand(merged(defaults, fields));
    const body = parseTask(expanded);
    claimExternalId(body.external_id);
    const maxCostMicroUsd = ceilingOf(body.budget);
    const pending = pendingInputOf(body);
    const terms = {
      catalogue,
      caller,
      endpoint: 'campaigns',
      model: body.model,
      idempotencyKey: null,
      maxCostMicroUsd,
      ...wishOf(body),
    } as const;
    const { model, boundMicroUsd } = quote(context, { ...terms, input: pending });
    const input = body.type === 'text' || pending.operation === 'chat' ? pending : await withSources(context, caller, body, pending);
    return {
      index: at,
      key,
      type: body.type,
      model: model.name,
      input,
      externalId: body.external_id ?? null,
      metadata: body.metadata ?? {},
      finishWithinS: body.deadline?.finish_within_s ?? null,
      maxCostMicroUsd,
      ...(template === null ? {} : { template }),
      ...wishOf(body),
      boundMicroUsd,
      requestHash: requestHash(body),
    };
  }

  return {
    async next({ own, row }) {
      index += 1;
      const at = index;
      if (own === undefined && whenNoJson === 'refuse') {
        throw new AppError('invalid_json', `The body is not valid JSON: check item ${at}. Check quotes, commas and escapes.`);
      }
      if (!isJsonObject(own)) {
        const message = own === undefined ? 'The line is not valid JSON.' : 'An item must be a JSON object.';
        return { faults: [{ index: at, key: null, param: null, message }] };
      }
      const key = shownKey(own, at);
      const inCells = (row?.faults ?? []).map(({ param, message, column }) => faultAt({ index: at, key, param, message }, row, column));
      try {
        const item = await check(own, at);
        return inCells.length === 0 ? { item } : { faults: inCells };
      } catch (error) {
        if (!isAppError(error) || errorPolicy(error.code).status >= 500) throw error;
        const param = error.facts.param ?? null;
        // A cell that could not be read is missing in the item.
        if (inCells.some((fault) => isWithin(fault.param, param))) return { faults: inCells };
        const column = param === null ? null : (row?.columnOf(param) ?? null);
        const isEmpty = error.code === 'missing_required_parameter' && column !== null;
        const message = isEmpty ? `The cell is empty, and ${param ?? ''} is required.` : error.message;
        return { faults: [...inCells, faultAt({ index: at, key, param, message }, row, column)] };
      }
    },
  };
}

function faultAt(fault: ItemFault, row: SourceRow | undefined, column: string | null): ItemFault {
  return row === undefined ? fault : { ...fault, line: row.line, column };
}

function isWithin(inner: string | null, outer: string | null): boolean {
  return inner !== null && outer !== null && (inner === outer || inner.startsWith(`${outer}.`) || outer.startsWith(inner));
}

/** The key as it is known: the given one, or the position. */
function shownKey(own: Readonly<Record<string, unknown>>, index: number): string | null {
  const given = own['key'];
  if (given === undefined || given === null) return String(index);
  return typeof given === 'string' ? given.slice(0, 255) : null;
}
