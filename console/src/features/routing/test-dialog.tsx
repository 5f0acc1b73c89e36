import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { useTestProvider } from '../../api/routing';
import { useFormat } from '../../lib/format';
import { names } from '../../lib/names';
import { useText } from '../../lib/text';
import type words from '../../text/en/routing.json';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Form } from '../../ui/form';
import { Icon } from '../../ui/icon';
import { Input } from '../../ui/input';
import { Notice } from '../../ui/states';
import css from './routing.module.css';

const STEPS = ['configuration', 'dns', 'connection', 'tls', 'call'] as const;

/** The steps to a provider, each with its time; the first that fails says what to do. */
export function TestDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const text = useText<typeof words>('routing');
  const errorText = useErrorText();
  const format = useFormat();
  const test = useTestProvider();
  const [model, setModel] = useState('');
  const failed = test.data?.steps.find(({ ok }) => !ok);
  const help = STEPS.find((step) => step === failed?.name);
  return (
    <Dialog title={text('testOne', { name })} isOpen isWide onClose={onClose}>
      <Form
        verb={text(test.isPending ? 'testing' : 'test')}
        isBusy={test.isPending}
        fault={test.error === null ? null : errorText(test.error)}
        onSubmit={() => test.mutate({ name, model })}
        onCancel={onClose}
      >
        <Field label={text('testModel')} hint={text('testModelHint')}>
          {(ids) => <Input {...ids} autoFocus value={model} onChange={(event) => setModel(event.target.value)} />}
        </Field>
        {test.data === undefined ? null : (
          <ol className={css.testSteps} aria-live="polite">
            {test.data.steps.map(({ name: step, ok, message, duration_ms: ms }, index) => (
              <li key={index} className={names(!ok && css.failed)}>
                <Icon name={ok ? 'check' : 'failed'} size={17} />
                <span className={css.what}>
                  <strong>{text(`steps.${STEPS.find((one) => one === step) ?? 'call'}`)}</strong>
                  <span lang="en">{message}</span>
                </span>
                <span className={css.faint}>{format.seconds(ms)}</span>
              </li>
            ))}
          </ol>
        )}
        {help === undefined ? null : <Notice tone="warn">{text(`stepHelp.${help}`)}</Notice>}
        {test.data?.ok === true ? <Notice tone="accent">{text('testOk')}</Notice> : null}
      </Form>
    </Dialog>
  );
}
