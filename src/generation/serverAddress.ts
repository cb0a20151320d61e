import { BlockList, isIP } from 'node:net';
import { serverAddressBlocked, serverAddressInvalid, serverNeedsHttps } from '../core/index.js';

/** Where cloud machines keep their credentials, and links without a router: no model server lives there. */
const blocked = blockList(
  ['169.254.0.0/16', '100.100.100.200/32', '192.0.0.192/32'],
  ['fe80::/10', 'fd00:ec2::254/128'],
);

/** This machine and networks of one's own (RFC 1918, 4193, 6598); there http is accepted. */
const nearby = blockList(
  ['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'],
  ['::1/128', 'fc00::/7'],
);

/**
 * The base address of a server's API as typed by a person; one without a path gets `/v1`.
 *
 * @throws ServerError for what is no address of a server.
 */
export function serverBaseUrl(address: string): URL {
  const typed = address.trim();
  const url = URL.canParse(typed) ? new URL(typed) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '')
    throw serverAddressInvalid(withoutLogin(typed));
  if (/^metadata(?:\.|$)/i.test(url.hostname)) throw serverAddressBlocked(url.origin, url.hostname);
  url.search = '';
  url.hash = '';
  url.pathname = url.pathname.replace(/\/+$/, '');
  if (url.pathname === '' || url.pathname === '/') url.pathname = '/v1';
  return url;
}

/**
 * Checks the addresses to which a name leads, right before the connection is made to just these.
 *
 * @throws ServerError when one of them is blocked, or is public and the scheme is http.
 */
export function checkAddresses(url: URL, addresses: readonly string[]): void {
  for (const address of addresses) {
    if (isIn(blocked, address)) throw serverAddressBlocked(url.origin, address);
    if (url.protocol !== 'https:' && !isIn(nearby, address)) throw serverNeedsHttps(url.origin);
  }
}

/** The address when the host is one already; undefined for a name. */
export function literalAddress(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(host) === 0 ? undefined : host;
}

const isIn = (list: BlockList, address: string): boolean => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** IPv4 networks count in their IPv6 form (`::ffff:a.b.c.d`) too. */
function blockList(ipv4: readonly string[], ipv6: readonly string[]): BlockList {
  const list = new BlockList();
  for (const [network = '', bits] of ipv4.map((each) => each.split('/'))) {
    list.addSubnet(network, Number(bits), 'ipv4');
    list.addSubnet(`::ffff:${network}`, 96 + Number(bits), 'ipv6');
  }
  for (const [network = '', bits] of ipv6.map((each) => each.split('/'))) list.addSubnet(network, Number(bits), 'ipv6');
  return list;
}

const withoutLogin = (address: string): string => address.replace(/\/\/[^/@]*@/, '//');
