import { ANSWER_DEFAULTS, UNBOUND, type Caller } from '../../domain/access/caller';
import { authorize, mayDo, type Action } from '../../domain/access/permissions';
import { maySeeModel, payerOf, type Principal } from '../../domain/access/principal';

const caller: Caller = {
  credentialId: 1,
  credentialName: 'site',
  credentialClass: 'production',
  teamId: 7,
  teamName: 'studio',
  models: ['m'],
  defaults: ANSWER_DEFAULTS,
  project: null,
  ownerId: null,
  bounds: UNBOUND,
  logBodies: null,
  frozenBy: null,
  limitedBy: null,
  replacedAt: null,
};
const key: Principal = { kind: 'credential', caller };
const admin: Principal = { kind: 'admin' };

test.each<[Action, number | null | string, number | null | string]>([
  ['generation.create', 7, 'model_not_allowed'],
  ['generation.read', 7, null],
  ['generation.control', 7, null],
  ['history.readWhole', 'admin_required', null],
  ['model.read', 7, null],
  ['config.manage', 'admin_required', null],
])('%s reaches %p for a key and %p for the admin key', (action, forKey, forAdmin) => {
  for (const [principal, expected] of [
    [key, forKey],
    [admin, forAdmin],
  ] as const) {
    if (typeof expected === 'string') expect(() => authorize(principal, action)).toThrow(expect.objectContaining({ code: expected }));
    else expect(authorize(principal, action)).toEqual({ teamId: expected });
    expect(mayDo(principal, action)).toBe(typeof expected !== 'string');
  }
});

test('only a key pays for what is made', () => {
  expect(payerOf(key)).toBe(caller);
  expect(() => payerOf(admin)).toThrow(/admin key cannot generate/);
});

test('a key sees the models it may use, the admin key sees all', () => {
  expect([key, admin].map((principal) => ['m', 'n'].map((name) => maySeeModel(principal, { name, tier: null })))).toEqual([
    [true, false],
    [true, true],
  ]);
});
