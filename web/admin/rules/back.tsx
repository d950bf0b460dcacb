import { Link } from '@tanstack/react-router';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import type { RulesSearch } from '../routes.tsx';

let last: RulesSearch = {};

/** Notes how the list was filtered when somebody left it. */
export function rememberList(search: RulesSearch): void {
  last = search;
}

/** Back to the list as it was left. */
export function BackToList() {
  const { say } = useReader();
  return (
    <Link className="back" to="/rules" search={last}>
      <Icon name="left" />
      {say('admin.rules.title')}
    </Link>
  );
}
