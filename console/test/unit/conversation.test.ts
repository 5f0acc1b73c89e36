import { awaitedIn, conversationOf, keptOf, messagesOf, NOTHING, type Answer, type Turn } from '../../src/features/chat/conversation';

const answer = (change: Partial<Answer>): Answer => ({
  ...NOTHING,
  model: 'm',
  state: 'done',
  error: null,
  totalMs: 5,
  text: 'It is a tin.',
  taskId: 'task_1',
  ...change,
});
const turn = (id: string, ...answers: readonly Answer[]): Turn => ({
  id,
  prompt: `Question ${id}`,
  options: { system: '', temperature: null, isJson: false },
  answers: { a: answers },
});

test('a conversation that was kept is as it was; what was being written is awaited, and what cannot be asked for broke off', () => {
  const turns = [
    turn('1', answer({})),
    turn('2', answer({ state: 'writing', text: 'It is' })),
    turn('3', answer({ state: 'writing', taskId: null })),
    turn('4', answer({ state: 'failed', error: new Error('secret of the server') }), answer({ state: 'stopped' })),
  ];

  const kept = keptOf(turns);
  const known = conversationOf(kept);

  expect(kept).not.toContain('secret');
  expect(known[0]).toEqual(turns[0]);
  expect(known.map(({ answers }) => answers.a?.map(({ state }) => state))).toEqual([['done'], ['awaited'], ['cut'], ['cut', 'stopped']]);
  expect(known[1]?.answers.a?.[0]?.text).toBe('It is');
  expect(awaitedIn(known)).toEqual([{ place: { turnId: '2', side: 'a', version: 0 }, taskId: 'task_1' }]);
});

test('of a conversation that is too long its end is kept', () => {
  const long = answer({ text: 'x'.repeat(400_000) });

  expect(conversationOf(keptOf([turn('1', long), turn('2', long), turn('3', long)])).map(({ id }) => id)).toEqual(['2', '3']);
});

test.each([null, '', '{', '{}', '7'])('what is no conversation is none: %j', (kept) => {
  expect(conversationOf(kept)).toEqual([]);
});

test('a model is told its own last answers, and none that have no text', () => {
  const earlier = [turn('1', answer({ text: 'first' }), answer({ text: 'second' })), turn('2', answer({ text: '', state: 'failed' }))];

  const messages = messagesOf(earlier, 'a', { prompt: 'And now?', options: { system: ' Be short. ', temperature: null, isJson: false } });

  expect(messages.map(({ role, content }) => `${role}: ${content}`)).toEqual([
    'system: Be short.',
    'user: Question 1',
    'assistant: second',
    'user: And now?',
  ]);
});
