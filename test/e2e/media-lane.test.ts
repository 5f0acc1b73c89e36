import { eventually } from '../support/eventually';
import { useHouse } from './support/house';
import { describeMedia, PATIENT_IMAGE } from './support/media-scenarios';

const house = useHouse({ models: PATIENT_IMAGE });

describe('with the first attempt in the process that was asked', () => {
  describeMedia(house);

  test('a group owns it, and no workflow of its own is started', async () => {
    const { headers } = await house.call('POST', '/v1/images/generations', { body: { model: 'image', prompt: 'a boat' } });
    const id = headers.get('x-atelier-run-id')!;

    const history = await eventually(
      async () => {
        const { status, body } = await house.call('GET', `/v1/tasks/${id}/history`);
        const isOver = status === 200 && body.events.some(({ type }: { type: string }) => type === 'run.completed') === true;
        return isOver ? (body as { readonly workflow_type: string; readonly workflow_id: string }) : null;
      },
      { withinMs: 20_000, everyMs: 200 },
    );

    expect(history.workflow_type).toBe('mediaGroup');
    expect(history.workflow_id).toMatch(/^media-task_/);
  });

  test('the log of the api tells of it by the ids of task and request', async () => {
    const { headers } = await house.call('POST', '/v1/images/generations', { body: { model: 'image', prompt: 'a pier' } });
    const ids = { task_id: headers.get('x-atelier-run-id'), request_id: headers.get('x-request-id') };

    const lines = house.atelier
      .log('api')
      .split('\n')
      .filter((line) => line.includes('a first attempt ended'))
      .map((line) => JSON.parse(line));
    expect(lines).toContainEqual(
      expect.objectContaining({ ...ids, provider: 'first', outcome: 'succeeded', duration_ms: expect.any(Number) }),
    );
  });

  test('the api dies during the call: its outcome is unknown, and nothing is bought again', async () => {
    house.first.script('fake-image', [{ hang: true }]);
    const broken = house.call('POST', '/v1/images/generations', { body: { model: 'image-patient', prompt: 'lost' } }).catch(() => null);
    await eventually(() => house.first.counts.createsByPrompt.get('lost') === 1, { withinMs: 10_000 });
    const [task] = await house.tasks();

    await house.atelier.kill('api');
    await broken;
    await house.atelier.restart('api');

    expect(await house.ended(task.id, 120_000)).toMatchObject({
      status: 'failed',
      error: { code: 'outcome_unknown' },
      cost: { actual: '0' },
    });
    expect(house.first.counts.createsByPrompt.get('lost')).toBe(1);
    expect(await house.ledger()).toMatchObject({ ok: true, open_reservations: 0, problems: [] });
  }, 240_000);

  test('the api dies while it looks at the job of a video: the job is taken up, and nothing is bought again', async () => {
    house.first.behaviour.videoMs = 3_600_000;
    const body = { type: 'video', model: 'video', input: { prompt: 'a fox that goes on' }, output: { duration_s: 4 } };
    const made = await house.call('POST', '/v1/tasks', { body });
    await eventually(() => house.first.counts.calls.get('GET /v1/videos/{id}') !== undefined, { withinMs: 20_000 });

    await house.atelier.kill('api');
    house.first.behaviour.videoMs = 0;
    await house.atelier.restart('api');

    expect(await house.ended(made.body.id, 120_000)).toMatchObject({ status: 'succeeded', cost: { actual: '0.4', reserved: '0' } });
    expect(house.first.counts.createsByPrompt.get('a fox that goes on')).toBe(1);
    expect(await house.ledger()).toMatchObject({ ok: true, open_reservations: 0, problems: [] });
  }, 240_000);
});
