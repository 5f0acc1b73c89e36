import { prepareImage } from '../../adapters/storage/image';
import { startLab, type Lab } from './lab';
import { linkTo, PNG } from './files';
import { createJobs } from './jobs';
import type { LabVendor } from './vendor';

let lab: Lab;
const jobs = createJobs<string>();
const acme: LabVendor = {
  kind: 'acme',
  ownFaults: ['failed'],
  refuse: (status, message) => ({ status, json: { error: { message } } }),
  unknown: ({ path }) => ({ status: 404, json: { error: { message: `no ${path}` } } }),
  routes: [
    {
      method: 'POST',
      path: '/v1/jobs',
      isPaid: true,
      handle: (request) => ({ json: { id: jobs.create(String(request.json()['prompt']), { fault: request.fault }).id } }),
    },
    {
      method: 'GET',
      path: '/v1/jobs/:id',
      handle: (request) => {
        const job = jobs.look(request.params['id'] ?? '');
        return job === undefined ? acme.unknown(request) : { json: { state: job.state, url: linkTo(request, PNG, 'image/png') } };
      },
    },
  ],
};

beforeAll(async () => {
  lab = await startLab([acme]);
});
afterEach(() => lab.reset());
afterAll(() => lab.close());

const post = (prompt: string) => fetch(`${lab.url('acme')}/v1/jobs`, { method: 'POST', body: JSON.stringify({ prompt }) });

test('a job of the lab is queued, runs and succeeds, and its link holds real bytes', async () => {
  const { id } = (await (await post('a boat')).json()) as { id: string };
  const look = async () => (await (await fetch(`${lab.url('acme')}/v1/jobs/${id}`)).json()) as { state: string; url: string };

  expect([(await look()).state, (await look()).state, (await look()).state]).toEqual(['queued', 'running', 'succeeded']);
  const link = await fetch((await look()).url);
  expect(link.headers.get('content-type')).toBe('image/png');
  expect(Buffer.from(await link.arrayBuffer())).toEqual(PNG);
});

test('the image that the lab hands out is whole: it can be stored with its size, and given back as an input', async () => {
  const kept = await prepareImage(PNG, { watermark: null, format: 'jpeg', compression: null });

  expect(kept).toMatchObject({ contentType: 'image/jpeg', width: 8, height: 8 });
});

test('a prompt asks for a fault of HTTP, and one that is armed comes once', async () => {
  expect((await post('[lab:rate_limit_seconds] a boat')).headers.get('retry-after')).toBe('1');
  expect((await post('[lab:wrong_type]')).headers.get('content-type')).toContain('text/html');
  await expect((await post('[lab:malformed]')).json()).rejects.toThrow('JSON');
  await expect(post('[lab:cut_before]')).rejects.toThrow();
  lab.arm('acme', 'overloaded');
  expect([(await post('a')).status, (await post('a')).status]).toEqual([503, 200]);
});

test('a call whose answer is lost was carried out, and one that is refused was not', async () => {
  const before = jobs.all().length;
  await expect(post('[lab:accepted_cut]')).rejects.toThrow();
  expect((await post('[lab:accepted_500]')).status).toBe(500);
  expect(jobs.all()).toHaveLength(before + 2);
  await post('[lab:error_500]');
  expect(jobs.all()).toHaveLength(before + 2);
});

test('a fault of the vendor is left to its server, and an unknown one is said', async () => {
  const { id } = (await (await post('[lab:failed]')).json()) as { id: string };
  for (let looks = 0; looks < 3; looks += 1) await fetch(`${lab.url('acme')}/v1/jobs/${id}`);
  expect(jobs.get(id)?.state).toBe('failed');
  const unknown = await post('[lab:nonsense]');
  expect([unknown.status, await unknown.text()]).toEqual([500, expect.stringContaining('There is no fault \\"nonsense\\"')]);
});
