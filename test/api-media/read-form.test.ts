import { createServer, type Server } from 'node:http';
import { createHash } from 'node:crypto';
import { connect, type AddressInfo } from 'node:net';
import { createObjectStore, type S3ObjectStore } from '../../adapters/storage/object-store';
import { isAppError } from '../../domain/errors';
import { readForm, type Form } from '../../api/uploads/read-form';
import { useBucket } from '../support/bucket';
import { eventually } from '../support/eventually';

const KIB = 1024;
const LIMITS = { maxFileBytes: 300 * KIB, maxTotalBytes: 600 * KIB, maxFiles: 3, maxFields: 5, maxFieldBytes: 2 * KIB };

const bucket = useBucket();
let objects: S3ObjectStore;
let server: Server;
let url: string;
let uploads = 0;

beforeAll(async () => {
  objects = createObjectStore(bucket);
  server = createServer((request, response) => {
    uploads += 1;
    readForm(request, { objects, stagingPrefix: `uploads/${String(uploads)}/`, limits: LIMITS }).then(
      (form: Form) => response.end(JSON.stringify(form)),
      (error: unknown) => {
        response.statusCode = 400;
        response.end(JSON.stringify(isAppError(error) ? { code: error.code, param: error.facts.param } : { code: 'none' }));
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function send(form: FormData): Promise<any> {
  const answer = await fetch(url, { method: 'POST', body: form });
  return answer.json();
}

async function sendRaw(body: string | Uint8Array, contentType = 'multipart/form-data; boundary=x'): Promise<any> {
  const answer = await fetch(url, { method: 'POST', body, headers: { 'content-type': contentType } });
  return answer.json();
}

/** No file of the last request is left. */
async function expectNothingStaged(): Promise<void> {
  for (let index = 0; index < 4; index += 1) expect(await objects.exists(`uploads/${String(uploads)}/${String(index)}`)).toBe(false);
}

test('files go to the object store byte for byte, with their size and hash', async () => {
  const bytes = Buffer.alloc(250 * KIB, 'atelier');
  const form = new FormData();
  form.append('prompt', 'två katter');
  form.append('image[]', new File([bytes], 'a.png', { type: 'image/png' }));
  form.append('image[]', new File([Buffer.from('second')], 'b.png', { type: 'image/png' }));

  const { fields, files } = await send(form);

  expect(fields).toEqual({ prompt: 'två katter' });
  expect(files).toHaveLength(2);
  expect(files[0]).toMatchObject({ field: 'image', param: 'image[]', contentType: 'image/png', sizeBytes: bytes.length });
  expect(files[0].sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(Buffer.from(await objects.read(files[0].stagedKey)).equals(bytes)).toBe(true);
  expect(Buffer.from(await objects.read(files[1].stagedKey)).toString()).toBe('second');
});

test('a file over its limit is refused by name and leaves nothing behind', async () => {
  const form = new FormData();
  form.append('image[]', new File([Buffer.from('small')], 'a.png'));
  form.append('mask', new File([Buffer.alloc(301 * KIB)], 'b.png'));

  expect(await send(form)).toEqual({ code: 'request_too_large', param: 'mask' });
  await expectNothingStaged();
});

test('a request over the whole limit is refused, also when it does not say its length', async () => {
  const big = new FormData();
  for (let index = 0; index < 3; index += 1) big.append('image[]', new File([Buffer.alloc(299 * KIB)], 'a.png'));
  expect(await send(big)).toEqual({ code: 'request_too_large' });

  const encoded = new Response(big);
  const chunked = await fetch(url, {
    method: 'POST',
    body: encoded.body,
    headers: { 'content-type': encoded.headers.get('content-type')! },
    duplex: 'half',
  });
  expect(await chunked.json()).toEqual({ code: 'request_too_large' });
  await expectNothingStaged();
});

test('too many files, too many fields and a field that is too long are refused', async () => {
  const files = new FormData();
  for (let index = 0; index < 4; index += 1) files.append('image[]', new File(['x'], 'a.png'));
  expect(await send(files)).toMatchObject({ code: 'request_too_large' });

  const fields = new FormData();
  for (let index = 0; index < 6; index += 1) fields.append(`f${String(index)}`, 'x');
  expect(await send(fields)).toMatchObject({ code: 'request_too_large' });

  const long = new FormData();
  long.append('prompt', 'x'.repeat(2 * KIB + 1));
  expect(await send(long)).toEqual({ code: 'request_too_large', param: 'prompt' });
});

test.each([
  ['no boundary in the header', 'multipart/form-data', '--x\r\n'],
  ['a body that is not a form', 'multipart/form-data; boundary=x', 'garbage'],
  ['an empty body', 'multipart/form-data; boundary=x', ''],
  [
    'a form that stops inside a file',
    'multipart/form-data; boundary=x',
    '--x\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\nbytes',
  ],
  ['a part without a name', 'multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data\r\n\r\nv\r\n--x--\r\n'],
  ['a malformed part header', 'multipart/form-data; boundary=x', '--x\r\nContent-Dis\u0000position: y\r\n\r\nv\r\n--x--\r\n'],
])('%s is invalid multipart', async (_name, contentType, body) => {
  expect(await sendRaw(body, contentType)).toMatchObject({ code: 'invalid_multipart' });
  await expectNothingStaged();
});

test('a client that goes away in the middle leaves nothing behind', async () => {
  const before = uploads;
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const head = '--x\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n';
  socket.write(
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n\r\n${head}${'y'.repeat(20_000)}`,
  );
  await eventually(() => uploads > before, { withinMs: 5_000 });
  socket.destroy();

  await eventually(async () => !(await objects.exists(`uploads/${String(uploads)}/0`)), { withinMs: 5_000 });
  expect(await send(formWith('prompt', 'still alive'))).toMatchObject({
    fields: { prompt: 'still alive' },
  });
});

function formWith(name: string, value: string): FormData {
  const form = new FormData();
  form.append(name, value);
  return form;
}
