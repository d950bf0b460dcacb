import './styles.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { recognise } from './session.ts';
import { applyTheme } from './theme.ts';

applyTheme();
const answer = await recognise();
render(
  <App problem={answer.ok || answer.problem.status === 401 ? null : answer.problem} />,
  document.getElementById('app')!,
);
