import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { json, jsonBody, operation } from '../../openapi/describe';
import { backupAnswer, backupAskSchema, backupListAnswer, backupsQuery } from './schema';

const tag = 'Administration';

/** Paths of backups. */
export const backupPaths: ZodOpenApiPathsObject = {
  '/admin/v1/backups': {
    get: operation({
      id: 'listBackups',
      tag,
      summary: 'Backups that this installation made, and where they lie',
      query: backupsQuery,
      answers: { '200': json('The newest first.', backupListAnswer) },
    }),
    post: operation({
      id: 'createBackup',
      tag,
      summary: 'Have a worker make a backup, in a folder of its own below ATELIER_BACKUP_TO; 409 while one is being made',
      body: jsonBody(backupAskSchema),
      answers: { '202': json('It waits for a worker. Ask for it again to see how far it is.', backupAnswer) },
    }),
  },
  '/admin/v1/backups/{id}': {
    get: operation({
      id: 'getBackup',
      tag,
      summary: 'A backup: how far it is, or what is in it',
      path: ['id'],
      answers: { '200': json('The backup.', backupAnswer) },
    }),
  },
  '/admin/v1/backups/{id}/verify': {
    post: operation({
      id: 'verifyBackup',
      tag,
      summary: 'Have a worker read every byte of a backup: checksums, counts, the signature, and whether its books add up',
      path: ['id'],
      body: jsonBody(backupAskSchema),
      answers: { '202': json('It waits for a worker; `verification` says how it went.', backupAnswer) },
    }),
  },
};
