import { useQuery, useQueryErrorResetBoundary } from '@tanstack/react-query';
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { ApiError, isCode, useErrorText } from '../api/errors';
import { useMay, useTeam } from '../api/session';
import { membersQuery } from '../api/team';
import { useText } from '../lib/text';
import type words from '../text/en/common.json';
import { ButtonLink } from '../ui/button';
import { paths } from '../lib/paths';
import { Fault, State } from '../ui/states';

/** In place of a page that failed. */
export function Boundary({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const { reset: resetQueries } = useQueryErrorResetBoundary();
  const errorText = useErrorText();
  if (isCode(error, 'permission_denied', 'admin_required')) return <Forbidden />;
  if (isCode(error, 'not_found')) return <NothingHere />;
  const again = (): void => {
    resetQueries();
    reset();
    void router.invalidate();
  };
  return <Fault message={errorText(error)} requestId={error instanceof ApiError ? error.requestId : null} onRetry={again} />;
}

/** The same for what does not exist and for what belongs to others. */
export function NothingHere() {
  const text = useText<typeof words>('common');
  return (
    <State icon="search" title={text('states.nothingHere')}>
      <ButtonLink to={paths.home()}>{text('verbs.goHome')}</ButtonLink>
    </State>
  );
}

/** Says whom to ask, by name where the person may know the team's managers. */
export function Forbidden() {
  const text = useText<typeof words>('common');
  const team = useTeam();
  const { data: members = [] } = useQuery({ ...membersQuery(team), enabled: useMay('member.read') && team !== '' });
  const managers = members.filter(({ role }) => role === 'manager').map(({ name }) => name);
  const title =
    managers.length === 0 ? text('states.forbidden') : text('states.forbiddenAsk', { names: managers.slice(0, 3).join(text('listComma')) });
  return (
    <State icon="lock" title={title}>
      <ButtonLink to={paths.home()}>{text('verbs.goHome')}</ButtonLink>
    </State>
  );
}
