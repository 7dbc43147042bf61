// Everybody's own vault, auditors who see every catalog and no secret, and two teams in one browser.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { checkAccess } from './harness/browser.js';
import { look as lookAt } from './harness/look.js';
import { account, addResource, addVault, createTeam, detail, dialog, eventually, inside, node, readKit, row, rows, toast, typeKitBack, unlock } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
const secret = 'seven ladders in the harbour';
const ownHint = /^Only you can open this vault\. If you leave the team it is closed, kept sealed for 90 days and then deleted/;
let team;
let page;
before(async () => {
  team = await startTeam({ settings: ['--create-team', 'open'] });
  page = team.page;
  team.owner.expect(/status of 40/);
  await addResource(page, { Name: team.secret('core-router-5.internal'), 'User name': team.secret('router-admin'), Password: team.secret('first floor, second rack') });
});
afterEach((test) => team.check(test));
after(() => team?.close());

const people = (window = page) => window.getByRole('region', { name: 'People' });
const person = (name) => people().getByRole('listitem').filter({ hasText: name });
const vaults = async (window) => (await window.locator('.tree .node').filter({ has: window.locator('use[href$="#vault"], use[href$="#circle-user"]') }).locator('.node-name').allTextContents());
const menu = (window) => window.getByRole('region', { name: 'Resources' }).getByRole('button', { name: 'More', exact: true });

const look = (window, place, language = 'en') => lookAt(window, `${place}-${language}`);

async function openPeople() {
  await page.getByRole('link', { name: 'People' }).click();
  await people().getByRole('heading', { name: /^Members/ }).waitFor();
}

async function newcomer(login, roleInVault) {
  await openPeople();
  await people().getByRole('button', { name: 'Invite someone' }).click();
  await dialog(page).getByRole('combobox').first().selectOption({ label: roleInVault });
  await dialog(page).getByRole('button', { name: 'Make the link' }).click();
  const link = await dialog(page).locator('.invitation-link').textContent();
  team.secret(link.split('#')[1]);
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  const device = await team.openDevice();
  device.expect(/status of 4\d\d/);
  const window = await device.open(link);
  await window.getByRole('heading', { name: 'Join a team' }).waitFor();
  await window.getByLabel('Login name').fill(login);
  await window.getByLabel('Password', { exact: true }).fill(secret);
  await window.getByRole('button', { name: 'Join' }).click();
  const kit = team.knowsKit({ ...(await readKit(window)), login, password: secret, team: '', person: '' });
  await typeKitBack(window, kit);
  await inside(window);
  return window;
}

async function actOn(name, action) {
  // What others do meanwhile draws the people anew, and an open menu goes with its line.
  for (let attempt = 1; ; attempt += 1) {
    await person(name).getByRole('button', { name: `More for ${name}` }).click();
    try {
      return await page.getByRole('menuitem', { name: action }).click({ timeout: 3_000 });
    } catch (error) {
      if (attempt === 4) throw error;
    }
  }
}

let li;
let eve;

step('whoever makes a team has a vault of their own, first in the tree, and is told what becomes of it', async () => {
  await node(page, 'Personal').waitFor();
  const names = await vaults(page);
  assert.equal(names[0], 'Personal');
  assert.equal(names.length, 2);
  await node(page, 'Personal').click();
  const hint = page.getByText(ownHint);
  await hint.waitFor();
  // Nothing lies over it, also where the vault is empty.
  await page.getByRole('heading', { name: 'This vault is empty' }).waitFor();
  assert.ok(await hint.evaluate((text) => {
    const { left, top, width, height } = text.getBoundingClientRect();
    return text.contains(document.elementFromPoint(left + width / 2, top + height / 2));
  }), 'the hint is covered');
  // Nobody else gets into it, and there is always one.
  await menu(page).click();
  const offered = await page.getByRole('menuitem').allInnerTexts();
  for (const none of ['Access…', 'Delete vault', 'Rename vault']) assert.ok(!offered.some((line) => line.includes(none)), `${none} is offered`);
  assert.ok(offered.some((line) => line.includes('New resource group')), 'it does what a vault does');
  await page.keyboard.press('Escape');
  await look(page, 'own-vault');
});

step('it holds resources like any other, and what is new elsewhere does not land in it', async () => {
  await addResource(page, { Name: team.secret('bank-of-mine.example'), 'User name': team.secret('mara-private'), Password: team.secret('only for my own eyes') });
  await eventually(() => rows(page).count(), 1);
  await node(page, 'All resources').click();
  await page.getByRole('region', { name: 'Resources' }).getByRole('button', { name: 'New resource' }).click();
  const place = dialog(page).getByLabel('Place', { exact: true }).or(dialog(page).getByRole('combobox').first()).first();
  assert.notEqual(await place.evaluate((select) => select.selectedOptions?.[0]?.textContent ?? ''), 'Personal');
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
});

step('it is called by the language of the page, and found by that name', async () => {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search' }).fill('简体中文');
  await page.locator('#hits').getByRole('option', { name: '简体中文' }).last().click();
  await node(page, '个人保险库').waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: '搜索' }).fill('个人保险库');
  await page.locator('#hits').getByRole('option', { name: '个人保险库' }).first().click();
  await page.getByText(/^只有您能打开此保险库。您离开团队后它将关闭，密封保留 90 天后删除/).waitFor();
  await look(page, 'own-vault', 'zh');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: '搜索' }).fill('English');
  await page.locator('#hits').getByRole('option', { name: 'English' }).last().click();
  await node(page, 'Personal').waitFor();
});

step('whoever joins has one too, and sees nothing of anybody else’s', async () => {
  li = await newcomer('li.na', 'Editor');
  await node(li, 'Personal').waitFor();
  assert.equal((await vaults(li)).length, 2);
  assert.equal(await row(li, 'bank-of-mine').count(), 0);
  await node(li, 'Personal').click();
  await addResource(li, { Name: team.secret('allotment-garden.example'), 'User name': team.secret('li-private'), Password: team.secret('under the third pot') });
  await node(page, 'All resources').click();
  await row(page, 'core-router-5').waitFor();
  assert.equal(await row(page, 'allotment-garden').count(), 0);
  await openPeople();
  // Nor is it counted among what they have.
  await person('li.na').getByText(/\(Editor\)$/).waitFor();
  assert.ok(!/other vaults/.test(await person('li.na').innerText()));
});

step('an auditor sees the names of every vault and opens nothing', async () => {
  eve = await newcomer('eve.audit', 'No access');
  await openPeople();
  await actOn('eve.audit', 'Make Auditor');
  await toast(page, 'Saved').waitFor();
  await person('eve.audit').getByText('Sees every shared vault, opens no secret').waitFor();
  await node(eve, 'All resources').click();
  await row(eve, 'core-router-5').click();
  await account(eve, 'router-admin').waitFor();
  assert.equal(await row(eve, 'bank-of-mine').count(), 0);
  assert.equal(await row(eve, 'allotment-garden').count(), 0);
  await account(eve, 'router-admin').getByRole('button', { name: 'Show password' }).click();
  await eve.getByText(/not allowed|may not|right/i).first().waitFor();
  assert.equal(await eve.getByText('first floor, second rack').count(), 0);
  assert.equal(await detail(eve).getByRole('button', { name: 'Edit', exact: true }).count(), 0);
  // A vault that is made now is there at once.
  await addVault(page, team.secret('Payroll and pensions'));
  await node(eve, 'Payroll and pensions').waitFor();
});

step('who may do what in a vault names its auditors, with nothing to change', async () => {
  await menu(page).click();
  await page.getByRole('menuitem', { name: 'Access…' }).click();
  const line = dialog(page).getByRole('listitem').filter({ hasText: 'eve.audit' });
  await line.getByText('Auditor', { exact: true }).waitFor();
  assert.equal(await line.getByRole('combobox').count(), 0);
  assert.equal(await line.getByRole('button').count(), 0);
  // Nobody who is an auditor is offered a role that opens secrets.
  assert.ok(!(await dialog(page).getByLabel('Person').locator('option').allTextContents()).includes('eve.audit'));
  await look(page, 'access-auditor');
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
});

step('whoever opens secrets does not become an auditor, and is told why', async () => {
  await openPeople();
  await actOn('li.na', 'Make Auditor');
  await toast(page, 'An auditor sees every shared vault and opens no secret').waitFor();
});

step('an auditor who is none any more sees nothing', async () => {
  await actOn('eve.audit', 'Make Member');
  await toast(page, 'Saved').waitFor();
  await eventually(() => vaults(eve), ['Personal']);
});

step('before somebody is removed it is said what becomes of their own vault', async () => {
  await actOn('li.na', 'Remove from the team');
  await dialog(page).getByText('Their personal vault stays sealed: nobody else can open it. It is kept for 90 days and then deleted.').waitFor();
  await look(page, 'remove-member');
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();
  await dialog(page).waitFor({ state: 'detached' });
});

step('a service is given the vault that it uses where it names none', async () => {
  await people().getByRole('button', { name: 'New service' }).click();
  await dialog(page).getByLabel('Login name').fill('build-server');
  assert.equal(await dialog(page).getByLabel('Default vault').count(), 0, 'only of vaults that it has a role in');
  await dialog(page).getByLabel('Payroll and pensions').selectOption({ label: 'User' });
  await dialog(page).getByLabel('Default vault').selectOption({ label: 'Payroll and pensions' });
  await checkAccess(page, 'the default vault');
  await dialog(page).getByRole('button', { name: 'Make the token' }).click();
  const token = await dialog(page).getByLabel('The token').textContent();
  team.secret(token);
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  const service = () => people().getByRole('list', { name: 'Services' }).getByRole('listitem').filter({ hasText: 'build-server' });
  await service().getByRole('button', { name: 'More for build-server' }).click();
  await page.getByRole('menuitem', { name: 'Change its terms' }).click();
  const chosen = dialog(page).getByLabel('Default vault');
  assert.equal(await chosen.evaluate((select) => select.selectedOptions[0].textContent), 'Payroll and pensions');
  await chosen.selectOption({ label: 'None' });
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await dialog(page).waitFor({ state: 'detached' });
  await service().getByRole('button', { name: 'More for build-server' }).click();
  await page.getByRole('menuitem', { name: 'Change its terms' }).click();
  assert.equal(await chosen.evaluate((select) => select.selectedOptions[0].textContent), 'None');
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
});

step('a service whose token somebody else made is offered no role, and it is said why', async () => {
  await actOn('eve.audit', 'Make Password administrator');
  await toast(page, 'Saved').waitFor();
  await eve.getByRole('button', { name: 'New vault' }).first().waitFor();
  await addVault(eve, team.secret('Laboratory benches'));
  await menu(eve).click();
  await eve.getByRole('menuitem', { name: 'Access…' }).click();
  await dialog(eve).getByText('Whoever made the token of build-server is no custodian here').waitFor();
  const offered = await dialog(eve).getByLabel('Person').locator('option').allTextContents();
  assert.ok(offered.includes('li.na') && !offered.some((name) => name.includes('build-server')), offered.join());
  await look(eve, 'access-service');
  await dialog(eve).getByRole('button', { name: 'Close' }).last().click();
});

const switcher = () => page.getByRole('button', { name: 'Switch team…' });
const other = { team: 'Southwind Bakery', person: 'Ana Sousa', login: 'ana.sousa', secret: 'flour and water at dawn' };
let otherKit;

step('a second team is made beside the first, which is locked', async () => {
  await switcher().click();
  await dialog(page).getByText('One team is open at a time').waitFor();
  await look(page, 'teams-one');
  await dialog(page).getByRole('button', { name: 'Create a team' }).click();
  otherKit = team.knowsKit(await makeOther());
  await typeKitBack(page, otherKit);
  await inside(page);
});

async function makeOther() {
  await page.getByLabel('Team name').fill(other.team);
  await page.getByLabel('Your name').fill(other.person);
  await page.getByLabel('Login name').fill(other.login);
  await page.getByLabel('Password', { exact: true }).fill(other.secret);
  await page.getByRole('button', { name: 'Create team' }).click();
  return { ...(await readKit(page)), team: other.team, person: other.person, login: other.login, password: other.secret };
}

// Everything that the page and what it keeps for itself show.
const shown = async () => `${await page.locator('html').innerHTML()} ${await page.evaluate(() => JSON.stringify(localStorage))} ${page.url()}`;
const ofFirst = ['core-router-5', 'bank-of-mine', 'Payroll and pensions', 'mara.lindqvist', 'Northwind', 'li.na'];

step('nothing of one team is shown in the other', async () => {
  await node(page, 'Personal').waitFor();
  await addResource(page, { Name: team.secret('sourdough-oven.example'), 'User name': team.secret('oven-keeper'), Password: team.secret('crumb and crust at five') });
  for (const text of ofFirst) assert.ok(!(await shown()).includes(text), `${text} is shown in the other team`);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search' }).fill('router');
  await page.waitForTimeout(300);
  assert.ok(!(await page.locator('#hits').innerText()).includes('core-router'), 'it is found in the other team');
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
});

step('switching locks one team and asks for the password of the other', async () => {
  await switcher().click();
  const first = dialog(page).getByRole('listitem').filter({ hasText: 'Northwind Infrastructure' });
  await first.getByText('mara.lindqvist').waitFor();
  await dialog(page).getByRole('listitem').filter({ hasText: other.team }).getByText('Open now').waitFor();
  await look(page, 'teams-two');
  await first.getByRole('button', { name: 'Switch to Northwind Infrastructure' }).click();
  await page.getByRole('heading', { name: 'Locked' }).waitFor();
  await page.getByText('Northwind Infrastructure').first().waitFor();
  await checkAccess(page, 'locked, with another team');
  assert.ok(!(await shown()).includes('sourdough-oven'), 'the other team is shown while it is locked');
  await unlock(page);
  await inside(page);
  await node(page, 'All resources').click();
  await row(page, 'core-router-5').waitFor();
  for (const text of ['sourdough-oven', other.team, other.login]) assert.ok(!(await shown()).includes(text), `${text} is shown in the first team`);
});

step('the palette switches too, and what is locked is opened by its own password alone', async () => {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search' }).fill('Switch team');
  await page.locator('#hits').getByRole('option', { name: /Switch team/ }).last().click();
  await dialog(page).getByRole('button', { name: `Switch to ${other.team}` }).click();
  await page.getByRole('heading', { name: 'Locked' }).waitFor();
  await unlock(page);
  await page.getByRole('alert').waitFor();
  await unlock(page, other.secret);
  await inside(page);
  await node(page, 'All resources').click();
  await row(page, 'sourdough-oven').waitFor();
  // From the locked page the other one is one step away as well.
  await page.getByRole('button', { name: 'Lock', exact: true }).click();
  await page.getByRole('heading', { name: 'Other teams on this browser' }).waitFor();
  await look(page, 'locked-two');
  await page.getByRole('button', { name: /^Northwind Infrastructure/ }).click();
  await page.getByText('mara.lindqvist').first().waitFor();
  await unlock(page);
  await inside(page);
});

step('of two windows that open two teams at the same time one stays open', async () => {
  await page.getByRole('button', { name: 'Lock', exact: true }).click();
  const second = await team.owner.open('/');
  await second.getByRole('button', { name: new RegExp(`^${other.team}`) }).click();
  await second.getByText(other.login).first().waitFor();
  const signIns = () => team.server.exchanges.filter(({ method, path }) => method === 'POST' && path === '/v1/sessions').length;
  const before = signIns();
  await Promise.all([unlock(page), unlock(second, other.secret)]);
  await eventually(async () => signIns(), before + 2, 30_000);
  // Whichever comes last stays; until then both may be on their way.
  await page.waitForTimeout(3_000);
  const windows = [page, second];
  const opened = await Promise.all(windows.map((window) => window.getByRole('tree', { name: 'Vaults' }).isVisible()));
  const locked = await Promise.all(windows.map((window) => window.getByRole('heading', { name: 'Locked' }).isVisible()));
  assert.deepEqual([opened.filter(Boolean).length, locked.filter(Boolean).length], [1, 1]);
  await second.close();
  if (locked[0]) await unlock(page);
  await inside(page);
});

step('a team that is forgotten here needs its kit again, and the other stays', async () => {
  await switcher().click();
  await dialog(page).getByRole('button', { name: `Forget ${other.team} on this browser` }).click();
  await dialog(page).getByText('You need the emergency kit to sign in here again').waitFor();
  await dialog(page).getByRole('button', { name: 'Forget it' }).click();
  await toast(page, 'Forgotten on this browser').waitFor();
  await eventually(() => dialog(page).getByRole('listitem').count(), 1);
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  const databases = await page.evaluate(async () => {
    const found = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise((done, failed) => {
        const asked = indexedDB.open(name);
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => failed(asked.error);
      });
      for (const store of database.objectStoreNames) {
        const keys = await new Promise((done) => {
          const asked = database.transaction(store).objectStore(store).getAllKeys();
          asked.onsuccess = () => done(asked.result);
        });
        found.push(...keys.map((key) => String(key)));
      }
      database.close();
    }
    return found;
  });
  const teams = new Set(databases.map((key) => key.match(/[0-9a-f-]{36}/)?.[0]).filter(Boolean));
  const current = page.url().match(/[0-9a-f-]{36}/)[0];
  assert.deepEqual([...teams], [current], 'something of the forgotten team is kept');
  await page.reload();
  await unlock(page);
  await inside(page);
});

step('the server has seen nothing of it', () => team.checkRemains());
