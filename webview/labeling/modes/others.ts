/** The ways to judge that a page loads when its project asks for one of them. */
export { best } from './best.js';
export { pair } from './pair.js';
export { rate } from './rate.js';
export { steps } from './steps.js';
export { thumbs } from './thumbs.js';
