/**
 * Makes each call once at a time: whoever asks for one that is under way waits for the same answer. Temporal may begin an activity again while
 * its first try still runs (the process was stopped for a while, or Temporal was), and a purchase must not be judged lost by a second try
 * beside the one that makes it.
 */
export function joinCalls<Input, Answer>(
  keyOf: (input: Input) => string,
  call: (input: Input) => Promise<Answer>,
): (input: Input) => Promise<Answer> {
  const underWay = new Map<string, Promise<Answer>>();
  return (input) => {
    const key = keyOf(input);
    const known = underWay.get(key);
    if (known !== undefined) return known;
    const made = call(input).finally(() => underWay.delete(key));
    underWay.set(key, made);
    return made;
  };
}
