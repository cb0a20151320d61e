/** The dashboard's page. In: numbers, worded by the host. Out: what to open. */
import '../nonce.js';
import { registerControls } from '../controls.js';
import '../labeling/base.css';
import './dashboard.css';
import { DashboardPage } from './page.js';

registerControls();
const root = document.querySelector<HTMLElement>('touchstone-dashboard') ?? document.body;
new DashboardPage(root, acquireVsCodeApi()).start();
