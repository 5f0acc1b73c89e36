import { createLumaLab, type LumaLab } from '../../lab/luma';
import { createRunwayLab, type RunwayLab } from '../../lab/runway';
import { startLab, type Lab } from '../../lab/lab';
import type { LabJob } from '../../lab/jobs';
import { eventually } from '../../support/eventually';
import type { House, HouseOptions } from './house';

/** What deletes a job at vendors where that stops it, and removes what one that has ended made. */
export interface DeletingVendors {
  lab(): Lab;
  /** The newest job of a vendor. */
  job(kind: Kind): LabJob<unknown> | undefined;
  /** An installation with a video model at each, whose jobs are looked at once an hour. */
  beside(options: HouseOptions): HouseOptions;
}
type Kind = 'runway' | 'luma';

/** Call it before `useHouse`: the installation's configuration names the lab's address. */
export function useDeletingVendors(): DeletingVendors {
  let lab: Lab | undefined;
  let vendors: { readonly runway: RunwayLab; readonly luma: LumaLab } | undefined;
  const started = <Part>(part: Part | undefined): Part => {
    if (part === undefined) throw new Error('The lab starts in beforeAll: use it inside a test or hook.');
    return part;
  };
  beforeAll(async () => {
    vendors = { runway: createRunwayLab(), luma: createLumaLab() };
    lab = await startLab(Object.values(vendors));
  });
  afterAll(() => lab?.close());
  return {
    lab: () => started(lab),
    job: (kind) => started(vendors)[kind].jobs.all().at(-1),
    beside: (options) => ({
      ...options,
      env: { ...options.env, VENDOR_KEY: 'lab-key' },
      providers: (first, second) => `${options.providers?.(first, second) ?? ''}
  - { name: runway, kind: runway, base_url: "${started(lab).url('runway')}", api_key: "\${VENDOR_KEY}", poll_ms: 3600000 }
  - { name: luma, kind: luma, base_url: "${started(lab).url('luma')}/dream-machine/v1", api_key: "\${VENDOR_KEY}", poll_ms: 3600000 }
`,
      models: `${options.models ?? ''}
  - { name: by-runway, modality: video, price: { per_second_usd: "0.10" }, routes: [{ provider: runway, model: veo3.1 }] }
  - { name: by-luma, modality: video, price: { per_second_usd: "0.10" }, routes: [{ provider: luma, model: ray-2 }] }
`,
    }),
  };
}

const SECONDS: Readonly<Record<Kind, number>> = { runway: 4, luma: 5 };
const NOTHING = { actual: '0', reserved: '0' };

export function describeCancelWindow(house: House, { lab, job }: DeletingVendors): void {
  describe.each<Kind>(['runway', 'luma'])('a video at %s that is cancelled', (kind) => {
    const paid = { actual: String(SECONDS[kind] / 10), reserved: '0' };

    const submit = async (prompt = 'A red fox runs.'): Promise<string> => {
      const { status, body } = await house.call('POST', '/v1/tasks', {
        body: { type: 'video', model: `by-${kind}`, input: { prompt }, output: { duration_s: SECONDS[kind] } },
      });
      expect(status).toBe(202);
      return body.id;
    };
    /** The vendor has the job, and it was looked at once: nobody looks again for an hour. */
    const waiting = async (prompt?: string): Promise<string> => {
      lab().reset();
      const id = await submit(prompt);
      await eventually(
        () =>
          lab()
            .requests(kind)
            .some(({ method }) => method === 'GET'),
        { withinMs: 30_000 },
      );
      return id;
    };
    const cancelled = async (id: string): Promise<any> => {
      expect((await house.call('POST', `/v1/tasks/${id}/cancel`)).status).toBe(200);
      return house.ended(id, 30_000);
    };

    test('while its order is under way is heard out, deleted before it is looked at, and not paid', async () => {
      lab().reset();
      // The vendor's answer takes about 2 s.
      const id = await submit('[lab:drip] A red fox runs.');
      await eventually(() => lab().requests(kind).length > 0, { withinMs: 30_000 });

      const task = await cancelled(id);

      expect(task).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' }, cost: NOTHING, outputs: [] });
      expect(job(kind)?.state).toBe('cancelled');
    }, 60_000);

    test('while it is made is stopped, and not paid', async () => {
      const task = await cancelled(await waiting());

      expect(task).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' }, cost: NOTHING, outputs: [] });
      expect(job(kind)?.state).toBe('cancelled');
    }, 60_000);

    test('after it was made, unseen by us, is paid and its result kept', async () => {
      const id = await waiting();
      job(kind)!.state = 'succeeded';

      const task = await cancelled(id);

      expect(task).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' }, cost: paid, outputs: [{ kind: 'video' }] });
      expect(task.routing.attempts).toMatchObject([{ outcome: 'succeeded' }]);
      expect(job(kind)?.state).toBe('succeeded');
      expect((await house.call('GET', `/v1/tasks/${id}/outputs/0/content`)).status).toBe(200);
      const { body: replay } = await house.call('POST', `/v1/tasks/${id}/replay`);
      expect(await house.ended(replay.id)).toMatchObject({ status: 'succeeded', cost: { actual: '0' }, outputs: [{ kind: 'video' }] });
      expect(job(kind)?.state).toBe('succeeded');
    }, 60_000);

    test('after it failed, unseen by us, is not paid', async () => {
      const id = await waiting('[lab:failed]');
      job(kind)!.state = 'failed';

      expect(await cancelled(id)).toMatchObject({
        status: 'cancelled',
        cost: NOTHING,
        outputs: [],
        routing: { attempts: [{ outcome: 'failed' }] },
      });
      expect(await house.ledger()).toMatchObject({ ok: true, open_reservations: 0 });
    }, 60_000);
  });

  test('a video that Runway ends just before it is deleted is paid, as Runway says that it charges for it', async () => {
    lab().reset();
    const { body } = await house.call('POST', '/v1/tasks', {
      body: { type: 'video', model: 'by-runway', input: { prompt: '[lab:ends_at_delete]' }, output: { duration_s: 4 } },
    });
    await eventually(
      () =>
        lab()
          .requests('runway')
          .some(({ method }) => method === 'GET'),
      { withinMs: 30_000 },
    );
    await house.call('POST', `/v1/tasks/${body.id}/cancel`);

    const task = await house.ended(body.id, 30_000);

    expect(task).toMatchObject({ status: 'cancelled', cost: { actual: '0.4', reserved: '0' }, outputs: [] });
    expect(task.routing.attempts).toMatchObject([{ outcome: 'cancelled', cost: '0.25' }]);
  }, 60_000);
}
