import type { ChatBody } from '../../api/chat';
import type { TaskRequest } from '../../api/tasks';

export const CODE_LANGUAGES = ['curl', 'Python', 'Node'] as const;
export type CodeLanguage = (typeof CODE_LANGUAGES)[number];

/** What a program asks for: a run, or an answer of a text model. */
export type CodeRequest = { readonly kind: 'task'; readonly body: TaskRequest } | { readonly kind: 'chat'; readonly body: ChatBody };

const PATHS = { task: '/v1/tasks', chat: '/v1/chat/completions' } as const;

/**
 * The request as a program that asks for it, with nothing but what the language brings along, and prints what came. The key is a variable of
 * the environment, never the key itself.
 */
export function codeFor(language: CodeLanguage, request: CodeRequest, origin: string): string {
  const json = JSON.stringify(request.body, null, 2);
  const lines = { curl: curlLines, Python: pythonLines, Node: nodeLines }[language];
  return lines(request.kind, json, origin).join('\n');
}

type Kind = CodeRequest['kind'];

function curlLines(kind: Kind, json: string, origin: string): readonly string[] {
  return [
    `curl ${origin}${PATHS[kind]} \\`,
    '  -H "Authorization: Bearer $ATELIER_KEY" \\',
    '  -H "Content-Type: application/json" \\',
    '  -H "Idempotency-Key: $(openssl rand -hex 16)" \\',
    ...(kind === 'task' ? ['  -H "Prefer: wait=60" \\'] : []),
    `  -d '${json.replaceAll("'", "'\\''")}'`,
  ];
}

function pythonLines(kind: Kind, json: string, origin: string): readonly string[] {
  return [
    'import json, os, urllib.request, uuid',
    '',
    '',
    'def call(path, body=None):',
    '    headers = {"Authorization": "Bearer " + os.environ["ATELIER_KEY"], "Prefer": "wait=60"}',
    '    data = None',
    '    if body is not None:',
    '        headers.update({"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())})',
    '        data = json.dumps(body).encode()',
    `    with urllib.request.urlopen(urllib.request.Request("${origin}" + path, data, headers)) as answer:`,
    '        return json.load(answer)',
    '',
    '',
    `body = json.loads(r"""${json}""")`,
    ...(kind === 'chat'
      ? [`print(call("${PATHS.chat}", body)["choices"][0]["message"]["content"])`]
      : [
          `task = call("${PATHS.task}", body)`,
          'while task["status"] in ("queued", "running"):',
          `    task = call("${PATHS.task}/" + task["id"])`,
          'print(task["status"], [output["url"] for output in task["outputs"]])',
        ]),
  ];
}

function nodeLines(kind: Kind, json: string, origin: string): readonly string[] {
  return [
    'async function call(path, body) {',
    "  const headers = { Authorization: `Bearer ${process.env.ATELIER_KEY}`, Prefer: 'wait=60' };",
    '  const init = { headers };',
    '  if (body !== undefined) {',
    "    Object.assign(headers, { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() });",
    "    Object.assign(init, { method: 'POST', body: JSON.stringify(body) });",
    '  }',
    `  const response = await fetch('${origin}' + path, init);`,
    '  if (!response.ok) throw new Error(await response.text());',
    '  return response.json();',
    '}',
    '',
    `const body = ${json};`,
    ...(kind === 'chat'
      ? [`const answer = await call('${PATHS.chat}', body);`, 'console.log(answer.choices[0].message.content);']
      : [
          `let task = await call('${PATHS.task}', body);`,
          `while (['queued', 'running'].includes(task.status)) task = await call('${PATHS.task}/' + task.id);`,
          'console.log(task.status, task.outputs.map(({ url }) => url));',
        ]),
  ];
}
