import { ratioSent, resolutionSent } from '../../domain/task/output-size';

const RATIOS = ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9'];
const TIERS = ['480p', '720p', '1080p'];

test.each([
  [{ aspect_ratio: '16x9' }, '16:9', undefined],
  [{ size: '1920x1080' }, '16:9', '1080p'],
  [{ size: '1920*1088' }, '16:9', '1080p'],
  [{ size: '864x496' }, '16:9', '480p'],
  [{ size: '960x960' }, '1:1', '720p'],
  [{ size: '1470x630' }, '21:9', '720p'],
  [{ size: '1080x1920', aspect_ratio: '3:4', resolution: '720P' }, '3:4', '720p'],
  [{ resolution: '4K' }, undefined, '2160p'],
  [{ size: 'auto' }, undefined, undefined],
  [{}, undefined, undefined],
])('for a provider without sizes %j is the ratio %s and the resolution %s', (output, ratio, resolution) => {
  expect([ratioSent(output, RATIOS), resolutionSent(output, TIERS)]).toEqual([ratio, resolution]);
});
