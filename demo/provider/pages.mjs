// SPDX-License-Identifier: Apache-2.0
// The three pages of the development identity provider.

const escape = (text) =>
  String(text ?? '').replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]);

const style = `
:root { color-scheme: light dark; --ink: light-dark(#1c2430, #e8ecf2); --dim: light-dark(#5b6675, #a3adba);
  --paper: light-dark(#f4f6f9, #12161c); --card: light-dark(#fff, #1b212a); --line: light-dark(#dde3ea, #2c3440);
  --accent: light-dark(#2556c4, #8ab0ff); }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
header p { color: var(--dim); margin: .25rem 0 1.5rem; }
h1 { font-size: 1.6rem; margin: 0; }
h2 { font-size: 1rem; color: var(--dim); font-weight: 600; margin: 1.75rem 0 .6rem; }
.badge { display: inline-block; font-size: .8rem; padding: .1rem .6rem; border: 1px solid var(--line); border-radius: 1rem;
  color: var(--dim); margin-bottom: .75rem; }
.people { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: .6rem; }
.person { display: flex; gap: .8rem; align-items: center; text-align: start; font: inherit; color: inherit; cursor: pointer;
  background: var(--card); border: 1px solid var(--line); border-radius: .7rem; padding: .7rem .9rem; }
.person:hover, .person:focus-visible { border-color: var(--accent); outline: 2px solid var(--accent); outline-offset: -1px; }
.face { flex: none; width: 2.4rem; height: 2.4rem; border-radius: 50%; display: grid; place-items: center; color: #fff;
  font-weight: 600; font-size: .9rem; }
.who { min-width: 0; } .who span { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.who .dim { color: var(--dim); font-size: .85rem; }
input { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: .5rem .7rem; width: 100%; }
.guest { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .6rem; align-items: end; }
.guest button, .plain { font: inherit; font-weight: 600; border: 0; border-radius: .5rem; padding: .55rem 1rem;
  background: var(--accent); color: light-dark(#fff, #10151c); cursor: pointer; }
label { font-size: .85rem; color: var(--dim); }
[hidden] { display: none !important; }
`;

const page = (title, body) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title><link rel="icon" href="data:,"><style>${style}</style></head><body><main>${body}</main></body></html>`;

const hue = (text) => [...String(text)].reduce((sum, c) => (sum * 31 + c.codePointAt(0)) % 360, 7);
const initials = (name) =>
  String(name)
    .split(/\s+/)
    .filter((word) => /^\p{L}/u.test(word))
    .map((word) => [...word][0])
    .slice(0, 2)
    .join('')
    .toUpperCase();

function personButton(person) {
  const name = person.name ?? person.sub;
  const notes = [person.note, person.email_verified === true ? '' : 'address not verified'].filter(Boolean).join(' · ');
  return `<button class="person" name="sub" value="${escape(person.sub)}" data-text="${escape(
    [name, person.email, person.note, person.group].join(' ').toLowerCase(),
  )}"><span class="face" aria-hidden="true" style="background:hsl(${hue(name)} 45% 42%)">${escape(initials(name))}</span>
<span class="who"><span>${escape(name)}</span><span class="dim">${escape(person.email ?? 'no address')}</span>${
    notes ? `<span class="dim">${escape(notes)}</span>` : ''
  }</span></button>`;
}

/** The page on which one picks who to be: one click, or one form post with sub=… or email=… */
export function choosePage({ name, uid, people, returnTo }) {
  const groups = Map.groupBy(people, (person) => person.group ?? 'People');
  const sections = [...groups]
    .map(([group, members]) => `<section><h2>${escape(group)}</h2><div class="people">${members.map(personButton).join('')}</div></section>`)
    .join('');
  const action = `/interaction/${encodeURIComponent(uid)}`;
  return page(
    `Sign in · ${name}`,
    `<header><span class="badge">development only · no passwords</span><h1>${escape(name)}</h1>
<p>You are signing in to <strong>${escape(returnTo)}</strong>. Who do you want to be?</p></header>
<label for="find">Find</label><input id="find" type="search" placeholder="a name, an address, a partner" autocomplete="off" autofocus>
<form method="post" action="${action}">${sections}</form>
<h2>Somebody else</h2>
<form class="guest" method="post" action="${action}"><div><label for="email">E-mail address</label>
<input id="email" name="email" type="email" required placeholder="anyone@partner.example"></div>
<div><label for="name">Name</label><input id="name" name="name"></div><div><button>Sign in with this address</button></div></form>
<script>
const find = document.getElementById('find');
find.addEventListener('input', () => {
  const words = find.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const button of document.querySelectorAll('.person'))
    button.hidden = !words.every((word) => button.dataset.text.includes(word));
  for (const section of document.querySelectorAll('section'))
    section.hidden = !section.querySelector('.person:not([hidden])');
});
find.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter') return;
  const shown = document.querySelector('.person:not([hidden])');
  if (shown) shown.click();
});
</script>`,
  );
}

/** Signing out needs no question: the form sends itself, and has a button where scripts are off. */
export function signOutPage(name, form) {
  const complete = form.replace('</form>', '<input type="hidden" name="logout" value="yes"><button class="plain">Sign out</button></form>');
  return page(
    `Signing out · ${name}`,
    `<h1>Signing out …</h1>${complete}<script>document.forms[0].submit();</script>`,
  );
}

/** One heading and one sentence. */
export function messagePage(name, title, text) {
  return page(`${title} · ${name}`, `<h1>${escape(title)}</h1><p>${escape(text)}</p>`);
}
