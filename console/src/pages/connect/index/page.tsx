import { ConnectView } from '../../../features/connect/connect-view';

export function Page() {
  return <ConnectView id={undefined} />;
}
