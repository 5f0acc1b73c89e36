import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { fileAnswers, fileSchema, json, operation } from '../../openapi/describe';
import { fileAnswer, fileDeletedAnswer, fileFields, fileListAnswer, fileListQuery } from './schema';

const tag = 'Files and batches';
const form = z.object({ file: fileSchema, ...fileFields.shape }).meta({ id: 'FileForm' });
const file = json('The file.', fileAnswer);

/** Paths of files. */
export const filePaths: ZodOpenApiPathsObject = {
  '/v1/files': {
    post: operation({
      id: 'createFile',
      tag,
      summary: 'Upload a file, up to 512 MiB unless configured otherwise; 200 MiB for the purpose `batch`',
      body: { required: true, content: { 'multipart/form-data': { schema: form } } },
      answers: { '200': file },
    }),
    get: operation({
      id: 'listFiles',
      tag,
      summary: 'List files, newest first',
      query: fileListQuery,
      answers: { '200': json('A page.', fileListAnswer) },
    }),
  },
  '/v1/files/{id}': {
    get: operation({ id: 'getFile', tag, summary: 'Retrieve a file object', path: ['id'], answers: { '200': file } }),
    delete: operation({
      id: 'deleteFile',
      tag,
      summary: 'Delete a file; a batch that has begun does not need its input any more',
      path: ['id'],
      answers: { '200': json('It is gone.', fileDeletedAnswer) },
    }),
  },
  '/v1/files/{id}/content': {
    get: operation({
      id: 'getFileContent',
      tag,
      summary: 'Read the content of a file, whole or by `Range`',
      path: ['id'],
      answers: fileAnswers,
    }),
  },
};
