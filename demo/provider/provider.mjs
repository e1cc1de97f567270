// SPDX-License-Identifier: Apache-2.0
// A development OpenID provider: certified protocol code (oidc-provider), but nobody has a password:
// a page asks who to be. It listens on loopback only. For the demo and the tests, never for production.
//
//   node provider.mjs --port 8090 --people people.json [--issuer URL] [--domain portals.localhost]…
//                     [--guests FILE] [--keys FILE] [--name TEXT]
//
// Once it answers it prints one line: "ready <issuer>".
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Provider } from 'oidc-provider';
import { choosePage, messagePage, signOutPage } from './pages.mjs';

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '8090' },
    issuer: { type: 'string' },
    people: { type: 'string' },
    guests: { type: 'string' },
    keys: { type: 'string' },
    name: { type: 'string', default: 'Development identity provider' },
    domain: { type: 'string', multiple: true, default: ['portals.localhost'] },
    'client-id': { type: 'string', default: 'b2bportal' },
    'client-secret': { type: 'string', default: 'b2bportal-development-secret' },
  },
});
if (!options.people) {
  console.error('provider.mjs: --people FILE is missing: a JSON list of {"sub", "email", "name", …}');
  process.exit(2);
}
const issuer = options.issuer ?? `http://127.0.0.1:${options.port}`;

function writeJson(file, value) {
  writeFileSync(`${file}.new`, JSON.stringify(value, null, 1), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

// The signing key outlives a restart, so that what mod_auth_openidc cached stays right.
function signingKeys() {
  if (options.keys && existsSync(options.keys)) return JSON.parse(readFileSync(options.keys, 'utf8'));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwks = { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig' }] };
  if (options.keys) writeJson(options.keys, jwks);
  return jwks;
}

// People are read at each use: a test may change an address, or email_verified, between two requests.
const memoryGuests = [];
function readList(file) {
  if (!file || !existsSync(file)) return [];
  const list = JSON.parse(readFileSync(file, 'utf8'));
  return Array.isArray(list) ? list : list.people;
}
const guests = () => (options.guests ? readList(options.guests) : memoryGuests);
const people = () => [...readList(options.people), ...guests()];
const findPerson = (sub) => people().find((person) => person.sub === sub);

// "Somebody else": whoever was just invited to a portal can sign in without an entry in the file.
function makeGuest(email, name) {
  const address = email.trim();
  const known = people().find((person) => person.email?.toLowerCase() === address.toLowerCase());
  if (known) return known;
  const [given, ...rest] = (name.trim() || address.split('@')[0]).split(/\s+/);
  const guest = {
    sub: `guest-${createHash('sha256').update(address.toLowerCase()).digest('hex').slice(0, 16)}`,
    email: address,
    email_verified: true,
    name: [given, ...rest].join(' '),
    given_name: given,
    family_name: rest.join(' '),
    group: 'Somebody else',
  };
  const list = [...guests(), guest];
  if (options.guests) writeJson(options.guests, list);
  else memoryGuests.push(guest);
  return guest;
}

const claims = {
  openid: ['sub'],
  email: ['email', 'email_verified'],
  profile: ['name', 'given_name', 'family_name', 'locale'],
};
const passed = new Set(Object.values(claims).flat());

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: options['client-id'],
      client_secret: options['client-secret'],
      redirect_uris: options.domain.map((domain) => `http://${domain}/oidc/callback`),
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
  ],
  claims,
  conformIdTokenClaims: false, // the claims in the id_token, too
  jwks: signingKeys(),
  cookies: { keys: [randomUUID()] },
  pkce: { required: () => false },
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => {
        ctx.body = signOutPage(options.name, form);
      },
      postLogoutSuccessSource: (ctx) => {
        ctx.body = messagePage(options.name, 'Signed out', 'You are signed out of the provider.');
      },
    },
  },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  ttl: { AccessToken: 3600, AuthorizationCode: 60, Grant: 86400, IdToken: 3600, Interaction: 3600, Session: 86400 },
  renderError: (ctx, out) => {
    ctx.body = messagePage(options.name, 'That did not work', out.error_description ?? out.error);
  },
  findAccount: (_ctx, sub) => {
    const person = findPerson(sub);
    if (!person) return undefined;
    return {
      accountId: sub,
      claims: () => Object.fromEntries(Object.entries(person).filter(([key]) => passed.has(key))),
    };
  },
  // No consent page: whoever picks a person wants to be that person.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope('openid email profile');
    await grant.save();
    return grant;
  },
});

// Portals come and go, each with an address of its own: any host of the portal domain may be returned to.
function isPortalAddress(value) {
  const url = URL.canParse(value) ? new URL(value) : null;
  return (
    url !== null &&
    ['http:', 'https:'].includes(url.protocol) &&
    !url.username &&
    options.domain.some((domain) => url.hostname === domain || url.hostname.endsWith(`.${domain}`))
  );
}
provider.Client.prototype.redirectUriAllowed = (value) =>
  isPortalAddress(value) && new URL(value).pathname === '/oidc/callback';
provider.Client.prototype.postLogoutRedirectUriAllowed = isPortalAddress;

async function readForm(req) {
  let body = '';
  for await (const chunk of req) {
    body += chunk;
    if (body.length > 16384) throw new Error('the form is too long');
  }
  return new URLSearchParams(body);
}

async function answerInteraction(ctx) {
  ctx.respond = false;
  const { req, res } = ctx;
  try {
    const { uid, params } = await provider.interactionDetails(req, res);
    if (req.method === 'POST') {
      const form = await readForm(req);
      const wanted = form.get('sub');
      const email = form.get('email');
      if (form.get('act') === 'cancel') {
        return await provider.interactionFinished(req, res, {
          error: 'access_denied',
          error_description: 'The sign-in was cancelled.',
        });
      }
      const person = wanted ? findPerson(wanted) : email ? makeGuest(email, form.get('name') ?? '') : undefined;
      if (!person) {
        res.writeHead(400, { 'Content-Type': 'text/html; charset=utf-8' });
        return res.end(messagePage(options.name, 'Nobody of that name', 'Send sub=… or email=… of a person.'));
      }
      return await provider.interactionFinished(
        req,
        res,
        { login: { accountId: person.sub, remember: false } },
        { mergeWithLastSubmission: false },
      );
    }
    res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
    return res.end(
      choosePage({ name: options.name, uid, people: people(), returnTo: new URL(params.redirect_uri).host }),
    );
  } catch (error) {
    res.writeHead(400, { 'Content-Type': 'text/html; charset=utf-8' });
    return res.end(
      messagePage(options.name, 'This page is out of date', `Go back to the portal and sign in again. (${error.message})`),
    );
  }
}

provider.use(async (ctx, next) => {
  if (ctx.path.startsWith('/interaction/')) return answerInteraction(ctx);
  // Ask at each sign-in who to be: the provider's own session, which would answer for the person
  // picked last, is left out of sight there. Signing out still sees it.
  if (ctx.path === '/auth' || ctx.path.startsWith('/auth/')) {
    ctx.req.headers.cookie = (ctx.req.headers.cookie ?? '')
      .split(/;\s*/)
      .filter((cookie) => !/^_session(\.sig)?=/.test(cookie))
      .join('; ');
  }
  return next();
});

provider.on('server_error', (_ctx, error) => console.error(error));

const server = provider.listen(Number(options.port), '127.0.0.1', () => console.log(`ready ${issuer}`));
server.on('error', (error) => {
  console.error(`provider.mjs: cannot listen on 127.0.0.1:${options.port}: ${error.message}`);
  process.exit(1);
});
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.close();
    server.closeAllConnections();
    process.exit(0);
  });
}
