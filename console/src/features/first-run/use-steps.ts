import { useQuery } from '@tanstack/react-query';
import { firstStepsQuery } from '../../api/first-steps';
import { providersQuery } from '../../api/routing';
import { useMay, useTeam } from '../../api/session';
import { paths } from '../../lib/paths';

export interface FirstStep {
  readonly name: 'image' | 'video' | 'text' | 'campaign' | 'provider';
  readonly to: string;
  readonly isDone: boolean;
}

/** What a newcomer does first, in order, with what is done already; undefined: not known yet. @param isWanted - else nothing is asked for */
export function useFirstSteps(isWanted: boolean): readonly FirstStep[] | undefined {
  const team = useTeam();
  const mayAdd = useMay('provider.manage');
  const { data: made } = useQuery({ ...firstStepsQuery(team), enabled: isWanted });
  const { data: providers } = useQuery({ ...providersQuery, enabled: isWanted && mayAdd, refetchInterval: false });
  if (!isWanted || made === undefined) return undefined;
  return [
    { name: 'image', to: paths.image(team), isDone: made.image },
    { name: 'video', to: paths.video(team), isDone: made.video },
    { name: 'text', to: paths.text(team), isDone: made.text },
    { name: 'campaign', to: paths.newCampaign(team), isDone: made.campaign },
    // Then the first that is not the sandbox.
    ...(mayAdd && providers !== undefined
      ? [{ name: 'provider', to: paths.providers(true), isDone: providers.some(({ kind }) => kind !== 'sandbox') } as const]
      : []),
  ];
}
