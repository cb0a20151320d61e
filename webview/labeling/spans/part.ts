/** Everything of the marks that is not needed before one is there. */
import './spans.css';

export { onSpans } from './spanEdits.js';
export { SpanMarker } from './spanMarker.js';
export { markingMenu, spanList } from './spansView.js';
