/**
 * The toolkit tries out a style sheet while it loads and asks this tag for the nonce of the page's policy; without it the
 * policy would report us and the focus ring would show on every click. Import it before the toolkit.
 */
const nonce = document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';
if (nonce !== '') {
  const tag = document.createElement('meta');
  tag.setAttribute('property', 'csp-nonce');
  tag.content = nonce;
  document.head.append(tag);
}
export {};
