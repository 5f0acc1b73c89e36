import { useState } from 'react';
import type { Template } from '../../api/templates';
import { useText } from '../../lib/text';
import type words from '../../text/en/templates.json';
import { draftOf, filledIn, isComplete, requestOf, type Values } from './body';
import css from './editor.module.css';
import { TryPanel } from './try-panel';

/** A published template, to be filled in and run. */
export function UseForm({ template }: { readonly template: Template }) {
  const text = useText<typeof words>('templates');
  const { inputs, body } = draftOf(template);
  const [given, setValues] = useState<Values>({});
  const values = filledIn(inputs, given);
  return (
    <div className={css.fields}>
      <TryPanel
        title={text('inputs.title')}
        inputs={inputs}
        prompt={body.prompt ?? ''}
        values={values}
        onValues={setValues}
        request={template.published_version !== null && isComplete(inputs, values) ? requestOf(template.name, inputs, values) : null}
        verb={text('generate')}
      />
    </div>
  );
}
