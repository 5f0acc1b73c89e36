import { Client, Connection } from '@temporalio/client';
import { alertScheduleId } from '../../workflows/contract';

/** Ends the schedule of an installation that is no more: Temporal would go on firing it for nobody. */
export async function endAlertSchedule(address: string, queuePrefix: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await new Client({ connection }).schedule.getHandle(alertScheduleId(queuePrefix)).delete();
  } catch {
    // Its worker never came so far.
  } finally {
    await connection.close();
  }
}
