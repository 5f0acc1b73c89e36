import { useParams } from '@tanstack/react-router';
import { ConnectView } from '../../../features/connect/connect-view';

export function Page() {
  const { client }: { client?: string } = useParams({ strict: false });
  return <ConnectView id={client} />;
}
