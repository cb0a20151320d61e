/** The labeling page. In: messages of the host. Out: what the labeler says. Knows nothing of models, files or VS Code. */
import '../nonce.js';
import { registerControls } from '../controls.js';
import './base.css';
import './labeling.css';
import './modes/modes.css';
import { LabelingPage } from './page.js';

registerControls();
const root = document.querySelector<HTMLElement>('touchstone-labeling') ?? document.body;
new LabelingPage(root, acquireVsCodeApi()).start();
