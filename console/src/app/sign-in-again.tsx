import { useIsSignedOut } from '../api/session-state';
import { useMe } from '../api/session';
import { SignInForm } from '../features/sign-in/sign-in-form';
import { useText } from '../lib/text';
import type words from '../text/en/common.json';
import { Dialog } from '../ui/dialog';

/** Over the page whose requests found the session at its end; the page stays, and they are sent again. */
export function SignInAgain() {
  const text = useText<typeof words>('common');
  const isSignedOut = useIsSignedOut();
  const { user } = useMe();
  return (
    <Dialog title={text('states.signedOutTitle')} isOpen={isSignedOut}>
      <p>{text('states.signedOut')}</p>
      <SignInForm
        email={user.email}
        onDone={(me) => {
          // Somebody else: what the page holds is not theirs.
          if (me.user.id !== user.id) window.location.assign('/console/');
        }}
      />
    </Dialog>
  );
}
