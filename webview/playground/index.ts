/** The playground's page. In: the conversation. Out: what the person asks and thinks of the answers. */
import '../nonce.js';
import { registerControls } from '../controls.js';
import '../labeling/base.css';
import '../labeling/labeling.css';
import './playground.css';
import { PlaygroundPage } from './page.js';

registerControls();
const root = document.querySelector<HTMLElement>('touchstone-playground') ?? document.body;
new PlaygroundPage(root, acquireVsCodeApi()).start();
