import { ANSWER_DEFAULTS, UNBOUND, CREDENTIAL_CLASSES } from '../../domain/access/caller';
import type { ConfigDocument, ConfigTeam } from '../../domain/config/document';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that the embedded default sets; the values lie in the home's credentials.json. */
const CALLBACK_SECRET_VARIABLE = 'ATELIER_SAMPLE_CALLBACK_SECRET';
const keyVariable = (name: string) => `ATELIER_SAMPLE_KEY_${name.toUpperCase()}`;

const NOBODY = { project: null, owner: null, purpose: null, bounds: UNBOUND } as const;

/** The document with a team `sample`, one key of each class, when it defines no team and the environment brings the keys. */
export function withSampleTeam(document: ConfigDocument, env: Environment): ConfigDocument {
  const credentials = CREDENTIAL_CLASSES.flatMap((name) => {
    const key = env[keyVariable(name)] ?? '';
    return key === '' ? [] : [{ name, class: name, key, limits: {}, models: ['*'], defaults: ANSWER_DEFAULTS, ...NOBODY }];
  });
  if (document.teams.length > 0 || credentials.length === 0) {
    return document;
  }
  const secret = env[CALLBACK_SECRET_VARIABLE] ?? '';
  const team: ConfigTeam = {
    name: 'sample',
    modelTiers: {},
    budget: { limits: {}, warnPercent: [] },
    classBudgets: {},
    timeZone: 'UTC',
    projects: [],
    callbackSecret: secret === '' ? null : secret,
    retentionDays: null,
    logBodies: null,
    credentials,
  };
  return { ...document, teams: [team] };
}
