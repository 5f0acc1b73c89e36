import { startLab, type Lab } from './lab';
import { VENDORS } from './vendors';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab(VENDORS);
});
afterAll(() => lab.close());

test.each(VENDORS.map(({ kind }) => kind))(
  '%s has no answer to an address it does not know, nor to a create without a key',
  async (kind) => {
    const unknown = await fetch(`${lab.url(kind)}/nowhere/at/all`);
    const create = VENDORS.find((vendor) => vendor.kind === kind)?.routes.find(({ isPaid }) => isPaid === true);
    const path = (create?.path ?? '').replace(/[:*]\w+/g, 'x');
    const keyless = await fetch(`${lab.url(kind)}${path}`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });

    expect(unknown.status).toBeGreaterThanOrEqual(400);
    expect([400, 401, 403]).toContain(keyless.status);
  },
);
