import type { TaskRequest } from '../../api/tasks';

export const CODE_LANGUAGES = ['curl', 'Python', 'Node'] as const;
export type CodeLanguage = (typeof CODE_LANGUAGES)[number];

/** The run as a program that asks for it. The key is a variable of the environment, never the key itself. */
export function codeFor(language: CodeLanguage, body: TaskRequest, origin: string): string {
  const json = JSON.stringify(body, null, 2);
  switch (language) {
    case 'curl':
      return [
        `curl ${origin}/v1/tasks \\`,
        '  -H "Authorization: Bearer $ATELIER_KEY" \\',
        '  -H "Content-Type: application/json" \\',
        '  -H "Idempotency-Key: $(uuidgen)" \\',
        `  -d '${json.replaceAll("'", "'\\''")}'`,
      ].join('\n');
    case 'Python':
      return [
        'import json, os, urllib.request, uuid',
        '',
        `body = json.loads(r"""${json}""")`,
        'request = urllib.request.Request(',
        `    "${origin}/v1/tasks",`,
        '    data=json.dumps(body).encode(),',
        '    headers={',
        '        "Authorization": f"Bearer {os.environ[\'ATELIER_KEY\']}",',
        '        "Content-Type": "application/json",',
        '        "Idempotency-Key": str(uuid.uuid4()),',
        '        "Prefer": "wait=60",',
        '    },',
        ')',
        'task = json.load(urllib.request.urlopen(request))',
        'print(task["status"], [output["url"] for output in task["outputs"]])',
      ].join('\n');
    case 'Node':
      return [
        `const body = ${json};`,
        `const response = await fetch('${origin}/v1/tasks', {`,
        "  method: 'POST',",
        '  headers: {',
        '    Authorization: `Bearer ${process.env.ATELIER_KEY}`,',
        "    'Content-Type': 'application/json',",
        "    'Idempotency-Key': crypto.randomUUID(),",
        "    Prefer: 'wait=60',",
        '  },',
        '  body: JSON.stringify(body),',
        '});',
        'const task = await response.json();',
        'console.log(task.status, task.outputs.map(({ url }) => url));',
      ].join('\n');
  }
}
