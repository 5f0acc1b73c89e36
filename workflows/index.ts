/** Exactly what workers register. */
export { textGroup } from './text-group';
export { generateMedia } from './generate-media';
export { deliverCallback } from './deliver-callback';
export { runCampaign } from './run-campaign';
export { runBatch } from './run-batch';
export { fireSchedule } from './fire-schedule';
