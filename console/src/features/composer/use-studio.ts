import { useCallback, useEffect, useMemo, useRef } from 'react';
import { NoConnection } from '../../api/errors';
import type { Model } from '../../api/models';
import { useMe, useTeam } from '../../api/session';
import { useCreateTask, type Task, type TaskRequest } from '../../api/tasks';
import { personalName, useStored } from '../../lib/preferences';
import { randomSeed, useDraft, type Draft } from './draft';
import { draftOfTask } from './draft-of-task';
import { putOut, readOutbox, takeOut, type Waiting } from './outbox';
import { supportOf, type Support } from './support';

const MOST_PROMPTS = 30;

interface StudioOptions {
  /** Names its draft. */
  readonly page: string;
  readonly models: readonly Model[];
  readonly requestOf: (draft: Draft, support: Support, options: { readonly withFiles: boolean }) => TaskRequest | null;
}

/** What the studios of images and videos share: the draft, its price, sending it, and taking settings from runs. */
export function useStudio({ page, models, requestOf }: StudioOptions) {
  const team = useTeam();
  const { user } = useMe();
  const [draft, change] = useDraft(page);
  const [kept, keep] = useStored(personalName(user.id, team, `prompts.${page}`));
  const history = useMemo(() => readPrompts(kept), [kept]);
  const model = models.find(({ id }) => id === draft.model) ?? models[0];
  const support = useMemo(() => (model === undefined ? null : supportOf(model)), [model]);
  const settled = useMemo(() => ({ ...draft, model: model?.id ?? null }), [draft, model]);
  const { send, isSending, fault } = useSend(team, personalName(user.id, team, `outbox.${page}`));

  const sendDraft = (next: Draft): void => {
    const body = support === null ? null : requestOf(next, support, { withFiles: true });
    if (body === null) return;
    keep(JSON.stringify([next.prompt, ...history.filter((prompt) => prompt !== next.prompt)].slice(0, MOST_PROMPTS)));
    send(body);
  };

  return {
    draft: settled,
    change,
    support,
    priced: support === null ? null : requestOf(settled, support, { withFiles: false }),
    history,
    isSending,
    fault,
    generate: (how: 'as it is' | 'new seed') => {
      const seed = how === 'new seed' ? randomSeed() : settled.seed;
      if (how === 'new seed') change({ seed, isSeedLocked: true });
      sendDraft({ ...settled, seed });
    },
    addReference: (asset: string) => {
      if (draft.references.some(({ id }) => id === asset)) return;
      change({ references: [...draft.references, { id: asset, role: 'reference', source: { kind: 'asset', asset } }] });
    },
    useAll: (task: Task) => change(draftOfTask(task)),
    usePrompt: (task: Task) => {
      const { prompt = '', negativePrompt = '' } = draftOfTask(task);
      change({ prompt, negativePrompt });
    },
    /** A run that was put together elsewhere. */
    send,
    /** The same once more with another seed. */
    variations: (task: Task) => {
      const own = models.find(({ id }) => id === task.model);
      const next = { ...settled, ...draftOfTask(task), seed: randomSeed() };
      const body = own === undefined ? null : requestOf(next, supportOf(own), { withFiles: true });
      if (body !== null) send(body);
    },
    otherModel: (task: Task, other: string) => {
      const otherModel = models.find(({ id }) => id === other);
      const body =
        otherModel === undefined
          ? null
          : requestOf({ ...settled, ...draftOfTask(task), model: other }, supportOf(otherModel), { withFiles: true });
      if (body !== null) send(body);
    },
  };
}

/** Sends runs, each under a key of its own that is kept until it is answered. A second click is a second run. */
function useSend(team: string, outbox: string) {
  const create = useCreateTask(team);
  const { mutateAsync } = create;
  const send = useCallback(
    (waiting: Waiting) => {
      // Each call's own promise: the callbacks of `mutate` are those of the last call alone.
      mutateAsync(waiting).then(
        () => takeOut(outbox, waiting.key),
        (error: unknown) => {
          // Without an answer nobody knows whether it arrived: it stays, and is sent again when the page is opened anew.
          if (!(error instanceof NoConnection)) takeOut(outbox, waiting.key);
        },
      );
    },
    [mutateAsync, outbox],
  );
  const hasResent = useRef(false);
  useEffect(() => {
    if (hasResent.current) return;
    hasResent.current = true;
    for (const waiting of readOutbox(outbox)) send(waiting);
  }, [outbox, send]);
  return { send: (body: TaskRequest) => send(putOut(outbox, body)), isSending: create.isPending, fault: create.error };
}

function readPrompts(kept: string | null): readonly string[] {
  try {
    const prompts: unknown = JSON.parse(kept ?? '[]');
    return Array.isArray(prompts) ? prompts.filter((prompt): prompt is string => typeof prompt === 'string') : [];
  } catch {
    return [];
  }
}
