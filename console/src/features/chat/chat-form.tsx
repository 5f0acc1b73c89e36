import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { useHotkeys } from '../../lib/hotkeys';
import { useText } from '../../lib/text';
import type words from '../../text/en/chat.json';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Input, TextArea } from '../../ui/input';
import { Switch } from '../../ui/switch';
import css from './chat-form.module.css';
import type { ChatOptions } from './conversation';

interface ChatFormProps {
  readonly isBusy: boolean;
  readonly isReady: boolean;
  readonly onSend: (prompt: string, options: ChatOptions) => void;
  readonly onStop: () => void;
  /** Beside the button that sends, for what is written so far. */
  readonly verbOf: (prompt: string, options: ChatOptions) => ReactNode;
}

/** The question, and what holds for the conversation. Enter sends; Shift with Enter makes a line. */
export function ChatForm({ isBusy, isReady, onSend, onStop, verbOf }: ChatFormProps) {
  const text = useText<typeof words>('chat');
  const [prompt, setPrompt] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [options, setOptions] = useState<ChatOptions>({ system: '', temperature: null, isJson: false });
  const send = (): void => {
    const asked = prompt.trim();
    if (asked === '' || isBusy || !isReady) return;
    setPrompt('');
    onSend(asked, options);
  };
  useHotkeys([{ keys: 'Mod+Enter', label: 'send', inFields: true, run: send }]);
  const onKeyDown = (event: KeyboardEvent): void => {
    // Enter also confirms a candidate of pinyin.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    send();
  };
  return (
    <div className={css.form}>
      {isOpen ? (
        <div className={css.more}>
          <Field label={text('system')} className={css.system}>
            {(ids) => (
              <TextArea
                {...ids}
                rows={2}
                value={options.system}
                onChange={(event) => setOptions({ ...options, system: event.target.value })}
              />
            )}
          </Field>
          <Field label={text('temperature')}>
            {(ids) => (
              <Input
                {...ids}
                type="number"
                min={0}
                max={2}
                step={0.1}
                placeholder={text('asModel')}
                value={options.temperature ?? ''}
                onChange={(event) => setOptions({ ...options, temperature: event.target.value === '' ? null : Number(event.target.value) })}
              />
            )}
          </Field>
          <Switch label={text('json')} isOn={options.isJson} onChange={(isJson) => setOptions({ ...options, isJson })} />
        </div>
      ) : null}
      <div className={css.ask}>
        <TextArea
          aria-label={text('ask')}
          placeholder={text('askHint')}
          rows={2}
          autoFocus
          value={prompt}
          onChange={(event) => setPrompt(event.target.value)}
          onKeyDown={onKeyDown}
        />
        {isBusy ? (
          <Button size="big" icon="stop" onClick={onStop}>
            {text('stop')}
          </Button>
        ) : (
          <Button kind="primary" size="big" disabled={prompt.trim() === '' || !isReady} onClick={send}>
            {text('send')}
          </Button>
        )}
        {verbOf(prompt.trim(), options)}
      </div>
      <Button kind="quiet" size="dense" icon={isOpen ? 'open' : 'fold'} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {text('more')}
      </Button>
    </div>
  );
}
