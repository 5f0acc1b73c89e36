import { notYet } from '../activities/activity';
import type { MediaDeps } from '../activities/media/deps';
import { createTextSigner } from '../adapters/secrets';
import { pathOfCallback } from '../domain/provider/callback-address';
import { createHeldBytes } from '../lib/held-bytes';
import type { Parts } from './index';

/** How soon a purchase whose files found no room is tried again, here or by another worker. */
const LOOK_AGAIN_FOR_ROOM_MS = 1_000;

/** What images and videos are made with, in whichever process. */
export function mediaDeps(parts: Parts): MediaDeps {
  const { settings, logger, instanceId, database, view, objects } = parts;
  const callbackSigner = createTextSigner(settings.masterKey, 'provider callbacks', settings.previousMasterKey);
  return {
    tasks: database.tasks,
    instances: database.instances,
    assets: database.assets,
    spool: database.spool,
    objects,
    assetWriter: parts.assetWriter,
    partials: parts.partials,
    egress: parts.egress,
    catalogue: () => view.current(),
    latestCatalogue: () => view.latest(),
    providers: parts.providers,
    instanceId,
    logger,
    now: () => new Date(),
    state: parts.providerState,
    random: Math.random,
    held: createHeldBytes(settings.held, () => notYet(LOOK_AGAIN_FOR_ROOM_MS)),
    callbackUrl: (address) => (settings.publicUrl === null ? null : `${settings.publicUrl}${pathOfCallback(callbackSigner, address)}`),
  };
}
