import { useRef } from 'react';
import { placeholdersIn } from '../../lib/placeholders';
import { useText } from '../../lib/text';
import type words from '../../text/en/templates.json';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Input, TextArea } from '../../ui/input';
import { Panel } from '../../ui/panel';
import { Notice } from '../../ui/states';
import { EXAMPLE, type Draft } from './body';
import css from './editor.module.css';

/** The prompt with its placeholders; one that no input has is offered as a new input. */
export function PromptPanel({ draft, onChange }: { readonly draft: Draft; readonly onChange: (change: Partial<Draft>) => void }) {
  const text = useText<typeof words>('templates');
  const area = useRef<HTMLTextAreaElement>(null);
  const { body, inputs } = draft;
  const prompt = body.prompt ?? '';
  const unknown = placeholdersIn(`${prompt} ${body.negative_prompt ?? ''}`).filter((name) => !inputs.some((input) => input.name === name));
  const insert = (name: string): void => {
    const at = area.current?.selectionStart ?? prompt.length;
    const end = area.current?.selectionEnd ?? at;
    onChange({ body: { ...body, prompt: `${prompt.slice(0, at)}{{${name}}}${prompt.slice(end)}` } });
    area.current?.focus();
  };
  const hasMessages = body.messages !== undefined && body.messages !== null;
  return (
    <Panel title={text('prompt')} end={<span className={css.faint}>{text('promptHint', { example: EXAMPLE })}</span>}>
      {hasMessages ? <Notice tone="accent">{text('hasMessages')}</Notice> : null}
      <TextArea
        ref={area}
        className={css.prompt}
        rows={5}
        aria-label={text('prompt')}
        value={prompt}
        disabled={hasMessages}
        onChange={(event) => onChange({ body: { ...body, prompt: event.target.value } })}
      />
      {inputs.length === 0 ? null : (
        <div className={css.chips} role="group" aria-label={text('insert')}>
          {inputs.map(({ name }) => (
            <Button
              key={name}
              size="dense"
              className={css.chip ?? ''}
              aria-label={text('insertOne', { name })}
              onClick={() => insert(name)}
            >
              {name}
            </Button>
          ))}
        </div>
      )}
      {unknown.map((name) => (
        <Notice
          key={name}
          tone="warn"
          end={
            <Button size="dense" onClick={() => onChange({ inputs: [...inputs, { name, spec: { type: 'string', required: true } }] })}>
              {text('addInput', { name })}
            </Button>
          }
        >
          {text('unknownInput', { name })}
        </Notice>
      ))}
      <Field label={text('negative')}>
        {(ids) => (
          <Input
            {...ids}
            value={body.negative_prompt ?? ''}
            onChange={(event) => onChange({ body: { ...body, negative_prompt: event.target.value === '' ? null : event.target.value } })}
          />
        )}
      </Field>
    </Panel>
  );
}
