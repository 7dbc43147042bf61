// Two windows of one browser: one unlock serves both, and so does one lock; and what changes in one appears in the other.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { addResource, detail, dialog, eventually, fill, inside, password, row, save, shown, signInWithKit, unlock } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
let team;
let first;
let second;
before(async () => {
  team = await startTeam();
  first = team.page;
  await addResource(first, { Name: team.secret('gateway-vpn-14.internal'), 'User name': team.secret('vpn-operator'), Password: team.secret('four quiet otters swim') });
});
afterEach((test) => team.check(test));
after(() => team?.close());

const signIns = () => team.server.exchanges.filter(({ method, path }) => method === 'POST' && /^\/v1\/sessions?$/.test(path)).length;
const locked = (page) => page.getByRole('heading', { name: 'Locked' }).waitFor();

// How long it takes until `seen` after `done`, in milliseconds.
async function delay(done, seen) {
  await done();
  const start = performance.now();
  await seen();
  return performance.now() - start;
}

step('a new window gets the session from the open one, without a password', async () => {
  const before = signIns();
  second = await team.owner.open('/');
  await inside(second);
  await row(second, 'gateway-vpn-14.internal').waitFor();
  assert.equal(signIns(), before, 'nobody signed in again');
});

step('the session passes between the windows only sealed', async () => {
  await first.evaluate(() => {
    globalThis.words = [];
    new BroadcastChannel('sealward').onmessage = ({ data }) => globalThis.words.push(Array.from(data));
  });
  const third = await team.owner.open('/');
  await inside(third);
  await third.close();
  const words = await first.evaluate(() => globalThis.words);
  const headers = team.server.exchanges.map(({ requestHeaders }) => requestHeaders.authorization).filter(Boolean);
  assert.ok(words.length >= 2 && headers.length > 0);
  const token = headers.at(-1).split(' ').at(-1);
  for (const word of words) {
    const bytes = Buffer.from(word);
    assert.ok(!bytes.includes(token) && !bytes.includes(Buffer.from(token, 'base64url')), 'the token travels sealed');
  }
});

step('a change in one window is in the other within a second', async () => {
  await row(second, 'gateway-vpn-14').click();
  await shown(second, 'gateway-vpn-14.internal');
  const renamed = team.secret('gateway-vpn-15.internal');
  await row(first, 'gateway-vpn-14').click();
  await detail(first).getByRole('button', { name: 'Edit', exact: true }).click();
  await fill(dialog(first), { Name: renamed });
  const took = await delay(() => save(first), () => shown(second, renamed));
  assert.ok(took < 1000, `${took} ms`);
  const added = team.secret('backup-store-03.internal');
  const appeared = await delay(() => addResource(first, { Name: added }), () => row(second, added).waitFor());
  assert.ok(appeared < 1000, `${appeared} ms`);
});

step('a menu that is open stays while something changes elsewhere', async () => {
  await second.getByRole('region', { name: 'Resources' }).getByRole('button', { name: 'More', exact: true }).click();
  const line = await second.getByRole('menuitem', { name: 'New vault' }).elementHandle();
  const added = team.secret('rack-lamp-07.internal');
  await addResource(first, { Name: added });
  await row(second, added).waitFor();
  assert.ok(await line.isVisible(), 'the same line is still there');
  await line.click();
  await dialog(second).getByRole('button', { name: 'Cancel' }).click();
});

step('a page that a link leads to is in the address, and back leads back', async () => {
  const before = second.url();
  await second.getByRole('link', { name: 'People', exact: true }).click();
  await eventually(() => second.url().split('/').at(-1), 'people');
  await second.goBack();
  await eventually(() => second.url(), before);
  await row(second, 'gateway-vpn-15').waitFor();
});

step('who saves an old version is told so, and loses nothing that was typed', async () => {
  team.owner.expect(/status of 409/);
  await shown(second, 'gateway-vpn-15.internal');
  await detail(second).getByRole('button', { name: 'Edit', exact: true }).click();
  await fill(dialog(second), { Department: team.secret('Network operations') });
  await row(first, 'gateway-vpn-15').click();
  await shown(first, 'gateway-vpn-15.internal');
  await detail(first).getByRole('button', { name: 'Edit', exact: true }).click();
  await fill(dialog(first), { Location: team.secret('Second basement') });
  await save(first);
  await detail(first).getByText('Second basement').waitFor();
  await dialog(second).getByRole('button', { name: 'Save' }).click();
  await dialog(second).getByRole('alert').filter({ hasText: 'Someone else changed this in the meantime' }).waitFor();
  assert.equal(await dialog(second).getByLabel('Department').inputValue(), 'Network operations');
  await dialog(second).getByRole('button', { name: 'Cancel' }).click();
  await detail(second).getByText('Second basement').waitFor();
});

step('a change on another device is there within a second too', async () => {
  const device = await team.openDevice();
  const laptop = await device.open('/');
  await signInWithKit(laptop, team.kit);
  await inside(laptop);
  const added = team.secret('printer-floor-2.internal');
  const took = await delay(() => addResource(laptop, { Name: added }), () => row(second, added).waitFor());
  assert.ok(took < 1000, `${took} ms`);
  await device.close();
});

step('locking one window locks the other', async () => {
  await second.getByRole('button', { name: 'Lock', exact: true }).click();
  await locked(second);
  await locked(first);
  assert.equal(await first.getByText('gateway-vpn').count(), 0);
});

step('unlocking one window unlocks the other', async () => {
  await unlock(first, password);
  await inside(first);
  await inside(second);
  await shown(second, 'gateway-vpn-15.internal');
});

step('the only window asks for the password after a reload, and returns to the same place', async () => {
  await first.close();
  const address = second.url();
  assert.match(address, /\/resource\//);
  assert.ok(!address.includes('gateway'), 'an address holds no name');
  await second.reload();
  await unlock(second, password);
  await shown(second, 'gateway-vpn-15.internal');
  assert.equal(second.url(), address);
});

step('the token is in no cookie and in nothing that scripts of the page can read', async () => {
  const token = team.server.exchanges.map(({ requestHeaders }) => requestHeaders.authorization).filter(Boolean).at(-1).split(' ').at(-1);
  assert.deepEqual(await team.owner.context.cookies(), []);
  const stored = await second.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, document.documentElement.outerHTML]));
  assert.ok(!stored.includes(token));
});

step('the server has seen nothing of it', async () => {
  await team.checkRemains();
});
