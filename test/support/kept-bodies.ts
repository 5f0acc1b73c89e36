import { Client } from 'pg';

const MOST = 100;

/** What an installation kept of bodies of calls, which lie sealed in its bucket: as it shows them. */
export async function keptBodies(
  databaseUrl: string,
  origin: string,
  adminKey: string,
): Promise<readonly { readonly where: string; readonly text: string }[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>('select call_id as id from call_bodies where key is not null limit $1', [MOST]);
    const texts: { where: string; text: string }[] = [];
    for (const { id } of rows) {
      const answer = await fetch(`${origin}/admin/v1/logs/${id}/bodies`, { headers: { authorization: `Bearer ${adminKey}` } });
      texts.push({ where: `the bodies of ${id}`, text: await answer.text() });
    }
    return texts;
  } finally {
    await client.end();
  }
}
