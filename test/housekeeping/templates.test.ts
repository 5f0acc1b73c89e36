import { createTemplateBodies } from '../../adapters/storage/templates';
import type { TemplateBody } from '../../domain/template/template';
import { assetsOf } from '../../domain/template/uses';
import { aTaskId, aTeam, useConnections } from '../db/support';
import { useBucket, useDatabase } from '../support/stack';
import { anAsset, existing, retain, useHouse } from './support/house';

const connections = useConnections(useDatabase(), ['house']);
const bucket = useBucket();
const house = useHouse(
  () => connections.house,
  () => bucket,
);

test('files that a version of a template names outlive the retention of the team; so do the bodies', async () => {
  const caller = await aTeam(house.database);
  await retain(house.database, caller, 2);
  const [reference, preview, standard, unused] = [
    await anAsset(house, caller),
    await anAsset(house, caller),
    await anAsset(house, caller),
    await anAsset(house, caller),
  ];
  const body: TemplateBody = {
    type: 'image',
    description: '',
    tags: [],
    inputs: { photo: { type: 'image', default: { asset_id: standard.id } } },
    model: 'm',
    prompt: 'A loaf',
    negative_prompt: null,
    messages: null,
    images: [{ asset_id: reference.id }],
    video: null,
    output: {},
    params: {},
    overridable: [],
    preview_asset_ids: [preview.id],
  };
  const bodies = createTemplateBodies(house.objects);
  const id = `tmpl_${aTaskId().slice(5)}`;
  const stored = await bodies.put(id, 1, body);
  await house.database.templates.create(
    { id, teamId: caller.teamId, name: 'loaf', type: 'image', visibility: 'team', createdBy: 'test' },
    { ...stored, createdBy: 'test', digest: body, assetIds: assetsOf(body) },
  );

  await house.keepHouse(400);

  const files = [reference, preview, standard, unused].map(({ key }) => key);
  expect(await existing(house, [...files, stored.key])).toEqual([reference.key, preview.key, standard.key, stored.key]);
  expect((await house.database.assets.get(reference.id, caller.teamId))?.contentsExpiredAt).toBeUndefined();
});
