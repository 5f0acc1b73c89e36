import { eventually } from '../support/eventually';
import { useApi } from './support/api';
import { keysOf } from './support/keys';

const api = useApi();

const { admin, aKey } = keysOf(api);

describe('a key that is frozen by hand', () => {
  test('a key that somebody freezes is refused with the reason until it is unfrozen, and lists say so', async () => {
    const { key, name, path } = await aKey({});
    const use = () => api.call('GET', '/v1/models', { key });
    expect((await use()).status).toBe(200);
    expect((await admin('GET', path)).body).toMatchObject({ frozen: false, frozen_by: null, frozen_reason: null });

    const reason = 'It was in a public repository.';
    const frozen = await admin('POST', `${path}/freeze`, { reason });
    expect([frozen.status, frozen.body]).toEqual([
      200,
      { object: 'key', id: `studio/${name}`, frozen: true, frozen_by: 'operator', frozen_reason: reason },
    ]);
    const refused = await eventually(
      async () => {
        const answer = await use();
        return answer.status === 403 ? answer : undefined;
      },
      { withinMs: 5_000 },
    );
    expect(refused.body.error).toMatchObject({ code: 'credential_frozen', details: { incident: null, reason } });
    expect(refused.body.error.message).toContain(reason);
    const listed = (await admin('GET', '/keys?team=studio&limit=100')).body.data.find((one: any) => one.name === name);
    expect(listed).toMatchObject({ state: 'active', frozen: true, frozen_by: 'operator', frozen_reason: reason });

    expect((await admin('POST', `${path}/unfreeze`)).body.released).toBe(true);
    await eventually(async () => (await use()).status === 200, { withinMs: 5_000 });
    expect((await admin('GET', path)).body).toMatchObject({ frozen: false, frozen_by: null, frozen_reason: null });
    expect((await admin('POST', `${path}/unfreeze`)).body.released).toBe(false);

    const told = (await admin('GET', `/audit?object=key:studio/${name}&order=asc`)).body.data.filter((one: any) =>
      /freeze/.test(one.action),
    );
    expect(told.map(({ action, before, after }: any) => [action, before, after])).toEqual([
      ['key.freeze', { frozen_by: null, frozen_reason: null }, { frozen_by: 'operator', frozen_reason: reason }],
      ['key.unfreeze', { frozen_by: 'operator', frozen_reason: reason }, { frozen_by: null, frozen_reason: null }],
    ]);
  });

  test.each([[{}], [{ reason: '' }], [{ reason: 'two\nlines' }], [{ reason: 'x'.repeat(501) }]])(
    'a key is not frozen without a plain reason (%#)',
    async (body) => {
      const { path } = await aKey({});
      expect(await admin('POST', `${path}/freeze`, body)).toMatchObject({ status: 400, body: { error: { param: 'reason' } } });
    },
  );
});
