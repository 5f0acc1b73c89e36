import { useQuery } from '@tanstack/react-query';
import { chatBody } from '../../../api/chat';
import { answersChats, modelsQuery } from '../../../api/models';
import { useTeam } from '../../../api/session';
import { ChatColumn } from '../../../features/chat/chat-column';
import { ChatForm } from '../../../features/chat/chat-form';
import { messagesOf, type ChatOptions } from '../../../features/chat/conversation';
import { useChat } from '../../../features/chat/use-chat';
import { CodeButton } from '../../../features/composer/code-button';
import type { CodeRequest } from '../../../features/composer/code';
import { usePageSearch } from '../../../lib/page';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/chat.json';
import { Button } from '../../../ui/button';
import { PageHeader } from '../../../ui/page-header';
import css from './page.module.css';
import { page } from './route';

export function Page() {
  const text = useText<typeof words>('chat');
  const team = useTeam();
  const [{ a, b }, change] = usePageSearch(page);
  const { data: offered = [] } = useQuery(modelsQuery(team, 'text'));
  const models = offered.filter(answersChats);
  const first = models.find(({ id }) => id === a) ?? models[0];
  const second = b === undefined ? undefined : models.find(({ id }) => id === b);
  const chat = useChat(team);
  /** What is about to be asked, else what was asked last; null: there is nothing yet. */
  const requestOf = (prompt: string, options: ChatOptions): CodeRequest | null => {
    const last = chat.turns.at(-1);
    const turn = prompt === '' ? last : { prompt, options };
    if (first === undefined || turn === undefined) return null;
    const messages = messagesOf(prompt === '' ? chat.turns.slice(0, -1) : chat.turns, 'a', turn);
    return { kind: 'chat', body: chatBody({ model: first.id, messages, ...turn.options }) };
  };

  return (
    <div className={css.page}>
      <div className={css.head}>
        <PageHeader title={text('title')}>
          {chat.turns.length === 0 ? null : (
            <Button kind="quiet" icon="add" onClick={chat.clear}>
              {text('newChat')}
            </Button>
          )}
          {second === undefined ? (
            <Button
              icon="compare"
              disabled={models.length < 2}
              onClick={() => change({ b: models.find(({ id }) => id !== first?.id)?.id }, 'push')}
            >
              {text('compare')}
            </Button>
          ) : (
            <Button icon="close" onClick={() => change({ b: undefined }, 'push')}>
              {text('oneModel')}
            </Button>
          )}
        </PageHeader>
      </div>
      <div className={css.columns}>
        {first === undefined ? null : (
          <ChatColumn
            side="a"
            model={first.id}
            models={models}
            turns={chat.turns}
            onModel={(id) => change({ a: id })}
            onRetry={chat.retry}
          />
        )}
        {second === undefined ? null : (
          <ChatColumn
            side="b"
            model={second.id}
            models={models}
            turns={chat.turns}
            onModel={(id) => change({ b: id })}
            onRetry={chat.retry}
          />
        )}
      </div>
      <ChatForm
        isBusy={chat.isBusy}
        isReady={first !== undefined}
        onStop={chat.stop}
        verbOf={(prompt, options) => <CodeButton request={requestOf(prompt, options)} />}
        onSend={(prompt, options) =>
          chat.send(prompt, options, [
            ...(first === undefined ? [] : [{ side: 'a' as const, model: first.id }]),
            ...(second === undefined ? [] : [{ side: 'b' as const, model: second.id }]),
          ])
        }
      />
    </div>
  );
}
