import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { campaignQuery, useCampaignAct, useCreateCampaign } from '../../api/campaigns';
import { newKey } from '../../api/client';
import { useErrorText } from '../../api/errors';
import { modelsQuery } from '../../api/models';
import { useTeam } from '../../api/session';
import { templateQuery } from '../../api/templates';
import { useSettled } from '../../lib/delayed';
import { useFormat } from '../../lib/format';
import { useGo } from '../../lib/go';
import { paths } from '../../lib/paths';
import { cronOf } from '../../lib/recurrence';
import { useText } from '../../lib/text';
import type words from '../../text/en/campaign-new.json';
import { Button } from '../../ui/button';
import { Notice } from '../../ui/states';
import { Steps } from '../../ui/steps';
import { ColumnsStep } from './columns-step';
import { proposedOf, type Wizard as Draft, type WizardDraft } from './draft';
import { useSurvey, type Survey } from './faults';
import { PreviewStep } from './preview-step';
import { CostSide, RowPreview } from './preview-side';
import { isToCome, StartStep } from './start-step';
import { mapByName, targetsOf } from './targets';
import { TRIAL, TrialStep } from './trial-step';
import { UploadStep } from './upload-step';
import css from './wizard.module.css';

export const STEPS = ['upload', 'columns', 'preview', 'trial', 'start'] as const;
export type Step = (typeof STEPS)[number];

const CHECKED_AFTER_MS = 400;

interface WizardProps {
  readonly wizard: Draft;
  readonly draft: WizardDraft;
  readonly step: Step;
  readonly isOnlyBad: boolean;
  readonly onStep: (step: Step) => void;
  readonly onOnlyBad: (isOn: boolean) => void;
}

/** From a file to a campaign that runs, in five steps. */
export function Wizard({ wizard, draft, step, isOnlyBad, onStep, onOnlyBad }: WizardProps) {
  const text = useText<typeof words>('campaign-new');
  const team = useTeam();
  const errorText = useErrorText();
  const { change } = wizard;
  const { data: template = null } = useQuery({ ...templateQuery(team, draft.template ?? ''), enabled: draft.template !== null });
  useUsualModel(draft, change);
  // A template brings inputs of its own: columns that were not mapped by hand find their places by name.
  const needsMapping = draft.table !== null && Object.keys(draft.mapping).length === 0 && (draft.template === null || template !== null);
  useEffect(() => {
    if (needsMapping) change({ mapping: mapByName(draft.table.titles, targetsOf(template, draft.type)) });
  }, [needsMapping, draft.table, draft.type, template, change]);

  const settled = useSettled(draft, CHECKED_AFTER_MS);
  const proposed = useMemo(() => proposedOf(settled), [settled]);
  const survey = useSurvey(proposed, settled.mapping);
  const isReady = proposedOf(draft) !== null;
  const shown = isReady ? step : 'upload';
  const at = STEPS.indexOf(shown);
  const { estimate } = survey;
  return (
    <div className={css.wizard}>
      <Steps
        label={text('steps.label')}
        steps={STEPS.map((one) => text(`steps.${one}`))}
        at={at}
        until={isReady ? STEPS.length - 1 : 0}
        onGo={(to) => onStep(STEPS[to] ?? 'upload')}
      />
      {survey.error === null || shown === 'upload' ? null : <Notice tone="danger">{errorText(survey.error)}</Notice>}
      {shown === 'upload' ? (
        <UploadStep draft={draft} onChange={change} />
      ) : (
        <div className={css.split}>
          {shown === 'columns' ? (
            <ColumnsStep draft={draft} template={template} survey={survey} isOnlyBad={isOnlyBad} onOnlyBad={onOnlyBad} onChange={change} />
          ) : shown === 'preview' ? (
            <PreviewStep draft={draft} survey={survey} onChange={change} />
          ) : shown === 'trial' ? (
            <TrialStep trialId={draft.trialId} price={trialPrice(survey)} />
          ) : (
            <StartStep draft={draft} survey={survey} rest={null} onChange={change} />
          )}
          <div className={css.side}>
            {estimate === undefined ? (
              <p className={css.faint} role="status" aria-busy={survey.error === null}>
                {survey.error === null ? text('columns.checking') : null}
              </p>
            ) : (
              <>
                {shown === 'columns' ? <RowPreview estimate={estimate} draft={settled} /> : null}
                <CostSide estimate={estimate} draft={draft} isOld={survey.isOld || settled !== draft} />
              </>
            )}
          </div>
        </div>
      )}
      <Foot wizard={wizard} draft={draft} step={shown} survey={survey} isReady={isReady} onStep={onStep} />
    </div>
  );
}

/** The first model of the type, until another is chosen. */
function useUsualModel(draft: WizardDraft, change: Draft['change']): void {
  const team = useTeam();
  const { data: models = [] } = useQuery(modelsQuery(team, draft.type));
  const usual = models.find(({ available }) => available)?.id;
  useEffect(() => {
    if (draft.model === null && usual !== undefined) change({ model: usual });
  }, [draft.model, usual, change]);
}

function trialPrice({ estimate }: Survey): string {
  const sum = (estimate?.preview ?? []).slice(0, TRIAL).reduce((all, item) => all + Number(item.cost.estimated), 0);
  return `$${sum.toFixed(2)}`;
}

type FootProps = Pick<WizardProps, 'wizard' | 'draft' | 'step' | 'onStep'> & { readonly survey: Survey; readonly isReady: boolean };

function Foot({ wizard, draft, step, survey, isReady, onStep }: FootProps) {
  const text = useText<typeof words>('campaign-new');
  const at = STEPS.indexOf(step);
  const before = STEPS[at - 1];
  const next = STEPS[at + 1] as Exclude<Step, 'upload'> | undefined;
  return (
    <div className={css.foot}>
      {before === undefined ? (
        draft.fileName === null ? null : (
          <Button kind="quiet" onClick={wizard.reset}>
            {text('discard')}
          </Button>
        )
      ) : (
        <Button icon="back" onClick={() => onStep(before)}>
          {text('back')}
        </Button>
      )}
      <span className={css.end}>
        {step === 'trial' || step === 'start' ? (
          <SpendButtons wizard={wizard} draft={draft} step={step} survey={survey} onStep={onStep} />
        ) : next === undefined ? null : (
          <Button kind="primary" disabled={!isReady} onClick={() => onStep(next)}>
            {text(`next.${next}`)}
          </Button>
        )}
      </span>
    </div>
  );
}

/** The buttons that cost something. */
function SpendButtons({ wizard, draft, step, survey, onStep }: Omit<FootProps, 'isReady'>) {
  const text = useText<typeof words>('campaign-new');
  const format = useFormat();
  const errorText = useErrorText();
  const team = useTeam();
  const go = useGo();
  const create = useCreateCampaign(team);
  const act = useCampaignAct(team, draft.trialId ?? '');
  const { data: trial } = useQuery({ ...campaignQuery(team, draft.trialId ?? ''), enabled: draft.trialId !== null });
  const total = survey.estimate?.cost.estimated ?? '0';
  const hasFaults = survey.estimate === undefined || survey.isOld || survey.estimate.invalid > 0 || survey.error !== null;
  const isLate = (draft.startAt !== '' && !isToCome(draft.startAt)) || (draft.repeat !== null && cronOf(draft.repeat) === null);
  const leave = (id: string): void => {
    wizard.reset();
    go(id.startsWith('sched_') ? paths.schedules(team) : paths.campaign(team, id));
  };
  const start = (options: { readonly trial?: number; readonly isStart?: boolean }): void => {
    const proposed = proposedOf(draft, options);
    if (proposed === null) return;
    create.mutate(
      { proposed, key: draft.key },
      { onSuccess: ({ id }) => (options.trial === undefined ? leave(id) : wizard.change({ trialId: id, key: newKey() })) },
    );
  };
  const fault = create.error ?? act.error;
  const said = fault === null ? null : <span role="alert">{errorText(fault)}</span>;
  if (draft.trialId !== null) {
    const rest = trial === undefined ? 0 : trial.counts.queued;
    const goOn = (): void => act.mutate({ verb: 'resume' }, { onSuccess: ({ id }) => leave(id) });
    const change = (): void =>
      act.mutate(
        { verb: 'cancel' },
        { onSuccess: () => wizard.change({ trialId: null, key: newKey() }), onSettled: () => onStep('columns') },
      );
    const share = trial === undefined || trial.counts.total === 0 ? 0 : rest / trial.counts.total;
    return (
      <>
        {said}
        <Button disabled={act.isPending} onClick={change}>
          {text('trial.again')}
        </Button>
        <Button kind="primary" disabled={trial?.status !== 'paused' || act.isPending} onClick={goOn}>
          {text('trial.goOn', { rest, cost: format.money((Number(total) * share).toFixed(6)) })}
        </Button>
      </>
    );
  }
  return step === 'trial' ? (
    <>
      {said}
      <Button onClick={() => onStep('start')}>{text('trial.skip')}</Button>
      <Button kind="primary" disabled={hasFaults || create.isPending} onClick={() => start({ trial: TRIAL })}>
        {text('trial.run', { cost: trialPrice(survey) })}
      </Button>
    </>
  ) : (
    <>
      {said}
      <Button kind="primary" disabled={hasFaults || isLate || create.isPending} onClick={() => start({ isStart: true })}>
        {text(draft.repeat !== null ? 'start.planEach' : draft.startAt === '' ? 'start.run' : 'start.plan', { cost: format.money(total) })}
      </Button>
    </>
  );
}
