import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { configSchema, exportSchema, faultsSchema, ledgerQuery, ledgerSchema, reportSchema, secretSchema } from './schema';
import { keyAnswerSchema, keyChangeSchema, keyListSchema, listKeysSchema, newKeySchema, rotationSchema } from './key-schema';
import { backupPaths } from './backups/openapi';
import { auditPaths } from './audit/openapi';
import { alertPaths } from './alerts/openapi';
import { peoplePaths } from './people/openapi';
import { operationsPaths } from './operations/openapi';
import { cataloguePaths } from './catalogue/openapi';
import { importPaths } from './imports/openapi';
import { retentionPaths } from './retention/openapi';
import { supportPaths } from './support';
import { creditPaths } from './credit';
import { json, jsonBody, operation } from '../openapi/describe';

const tag = 'Administration';

/** Paths of administration. */
export const adminPaths: ZodOpenApiPathsObject = {
  '/admin/v1/keys': {
    get: operation({
      id: 'listKeys',
      tag,
      summary: 'List keys',
      query: listKeysSchema,
      answers: { '200': json('The keys, without the keys themselves.', keyListSchema) },
    }),
    post: operation({
      id: 'createKey',
      tag,
      summary: 'Create a key; it is shown only this once',
      body: jsonBody(newKeySchema),
      answers: { '201': json('The key.', keyAnswerSchema) },
    }),
  },
  '/admin/v1/keys/{team}/{name}': {
    get: operation({
      id: 'getKey',
      tag,
      summary: 'Show a key, without the key itself',
      path: ['team', 'name'],
      answers: { '200': json('The key.', keyAnswerSchema) },
    }),
    patch: operation({
      id: 'changeKey',
      tag,
      summary: 'Change what a key may do; what is not given stays',
      path: ['team', 'name'],
      body: jsonBody(keyChangeSchema),
      answers: { '200': json('The key.', keyAnswerSchema) },
    }),
    delete: operation({
      id: 'revokeKey',
      tag,
      summary: 'Revoke a key',
      path: ['team', 'name'],
      answers: { '200': json('The revoked key.', keyAnswerSchema) },
    }),
  },
  '/admin/v1/keys/{team}/{name}/rotate': {
    post: operation({
      id: 'rotateKey',
      tag,
      summary: 'Replace a key; the new one is shown only this once, and the old one stays valid for a while',
      path: ['team', 'name'],
      body: jsonBody(rotationSchema),
      answers: { '200': json('The key, with the new one.', keyAnswerSchema) },
    }),
  },
  '/admin/v1/config/check': {
    post: operation({
      id: 'checkConfig',
      tag,
      summary: 'Check a configuration file without changing anything',
      body: jsonBody(configSchema),
      answers: { '200': json('All faults at once.', faultsSchema) },
    }),
  },
  '/admin/v1/config/apply': {
    post: operation({
      id: 'applyConfig',
      tag,
      summary: 'Update the catalogue to match a configuration file',
      body: jsonBody(configSchema),
      answers: { '200': json('What changed.', reportSchema) },
    }),
  },
  '/admin/v1/config/export': {
    get: operation({
      id: 'exportConfig',
      tag,
      summary: 'Write what is there as a configuration file, without secrets',
      answers: { '200': json('The file.', exportSchema) },
    }),
  },
  '/admin/v1/teams/{team}/callback_secret': {
    get: operation({
      id: 'getCallbackSecret',
      tag,
      summary: "Show the secret that signs a team's callbacks",
      path: ['team'],
      answers: { '200': json('The secret.', secretSchema) },
    }),
  },
  ...peoplePaths,
  ...creditPaths,
  ...operationsPaths,
  ...cataloguePaths,
  ...alertPaths,
  ...supportPaths,
  ...auditPaths,
  ...importPaths,
  ...retentionPaths,
  ...backupPaths,
  '/admin/v1/ledger/verify': {
    get: operation({
      id: 'verifyLedger',
      tag,
      summary: 'Verify the ledger',
      query: ledgerQuery,
      answers: { '200': json('The proof.', ledgerSchema) },
    }),
  },
};
