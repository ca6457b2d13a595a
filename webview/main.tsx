import { render } from 'preact';
import { App } from './app.tsx';
import { openBridge } from './bridge.ts';
import { createStore } from './store.ts';
import './styles.css';

const root = document.getElementById('app');
if (root === null) {
  throw new Error('The page has no element with the id app');
}
render(<App store={createStore(openBridge())} />, root);
