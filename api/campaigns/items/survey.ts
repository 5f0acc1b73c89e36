import { setImmediate as turn } from 'node:timers/promises';
import type { Caller } from '../../../domain/access/caller';
import type { ApiContext, Sourcing, UsingTemplates } from '../../deps';
import { createItemChecker, type CheckedItem } from './check';
import { createItemMedia, type ItemMedia } from './media-context';
import { inGroups } from './rows';
import type { ItemSource } from './source';

/** Items checked side by side; a handful, for the few that wait for a name server or the object store. */
const SIDE_BY_SIDE = 16;

/** The items of a campaign with what a check makes of each, in order. */
export interface Survey {
  /** To be read once. */
  readonly items: () => AsyncIterable<CheckedItem>;
  /** Images that came as data; to be kept or discarded. */
  readonly media: ItemMedia;
}

/**
 * Checks every item and prices it. Memory holds a few items and the keys, however many there are.
 * @throws AppError `invalid_json`, `missing_required_parameter`, `invalid_value` while the items are read
 */
export function surveyItems(
  context: Sourcing & UsingTemplates & Pick<ApiContext, 'catalogue' | 'objects' | 'routeState'>,
  caller: Caller,
  defaults: Readonly<Record<string, unknown>>,
  source: ItemSource,
): Survey {
  const media = createItemMedia(context);
  const checker = createItemChecker({ ...context, ...media.parts }, caller, defaults, source.whenNoJson);
  return {
    media,
    async *items() {
      for await (const group of inGroups(source.items(), SIDE_BY_SIDE)) {
        yield* await Promise.all(group.map((item) => checker.next(item)));
        // Others are served between two groups.
        await turn();
      }
    },
  };
}
