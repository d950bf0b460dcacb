import { Button, Menu, useMantineColorScheme } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { languages, type Language } from '../texts/say.ts';
import { bodyOf, client, type Me } from './api.ts';
import { Icon } from './icons.tsx';
import { useReader } from './language.tsx';

/** Who is signed in, and what they choose for themselves: light or dark, the language, leaving. */
export function PersonMenu({ me }: { me: Me }) {
  const reader = useReader();
  const { say } = reader;
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const schemes = [
    ['auto', 'auto'],
    ['light', 'sun'],
    ['dark', 'moon'],
  ] as const;
  const leave = async () => {
    await bodyOf(client.DELETE('/api/v1/auth/sessions/current'));
    queries.clear();
    location.assign('/admin/');
  };
  return (
    <Menu position="top-start" width={208} trapFocus withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button
          variant="subtle"
          className="person"
          leftSection={<span className="initial">{me.name[0]}</span>}
        >
          <span className="person-name">{me.name}</span>
          <span className="person-role">{reader.name('admin.role', me.role ?? '')}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{say('admin.theme.label')}</Menu.Label>
        {schemes.map(([scheme, icon]) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon name={icon} />}
            rightSection={colorScheme === scheme && <Icon name="check" />}
            onClick={() => setColorScheme(scheme)}
          >
            {say(`admin.theme.${scheme}`)}
          </Menu.Item>
        ))}
        <Menu.Label>{say('admin.language')}</Menu.Label>
        {Object.entries(languages).map(([code, name]) => (
          <Menu.Item
            key={code}
            lang={code}
            rightSection={reader.language === code && <Icon name="check" />}
            onClick={() => reader.choose(code as Language)}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {me.role === 'manager' && (
          <Menu.Item leftSection={<Icon name="boxes" />} onClick={() => void navigate({ to: '/keys' })}>
            {say('admin.keys.title')}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<Icon name="leave" />} onClick={() => void leave()}>
          {say('admin.sign-out')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
