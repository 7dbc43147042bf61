// Lists as a person wants them: every filter over data written by hand, orders, columns, favourites, what was opened
// last, saved views that stay on the device and nowhere in plain, and all of it by keyboard alone.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, afterEach, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkAccess, narrow, wide } from './harness/browser.js';
import { search } from './harness/canary.js';
import { account, addGroup, addResource, addVault, clipboard, detail, dialog, eventually, fill, inside, node, password, row, rows, save, shown, toast, unlock } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
const pictures = fileURLToPath(new URL('../../target/screenshots/', import.meta.url));
let team;
let page;
before(async () => {
  await mkdir(pictures, { recursive: true });
  team = await startTeam();
  page = team.page;
});
afterEach((test) => team.check(test));
after(() => team?.close());

const view = 'Quarterly rotation candidates';
const strong = 'umbrella canyon 47 velvet orbit';
const listed = () => rows(page).locator('.row-name').allTextContents();
const list = () => page.getByRole('region', { name: 'Resources' });
const chips = () => page.getByRole('list', { name: 'Filters in force' }).getByRole('button').allInnerTexts();
const panel = () => page.getByRole('dialog', { name: 'Filters' });

async function openFilters() {
  if (!(await panel().isVisible())) await list().getByRole('button', { name: 'Filters', exact: true }).click();
  await panel().getByRole('button', { name: /^Weak/ }).waitFor();
}

async function toggle(name) {
  await openFilters();
  await panel().getByRole('button', { name }).click();
}

async function closeFilters() {
  if (await panel().isVisible()) await page.keyboard.press('Escape');
  await panel().waitFor({ state: 'hidden' });
}

// Exactly these are listed while the filters are in force.
async function leaves(filters, names) {
  for (const filter of filters) await toggle(filter);
  await closeFilters();
  await eventually(listed, names);
  await page.getByRole('button', { name: 'Clear all filters' }).click();
  await eventually(async () => (await listed()).length, 6);
}

async function editAccount(name, change) {
  await account(page, name).getByRole('button', { name: 'Edit account' }).click();
  await change(dialog(page));
  await save(page);
}

// What the browser stores for Sealward: the name of each store with the bytes of each value.
const readStores = () => page.evaluate(async () => {
  const answer = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const encode = (value) => [...new TextEncoder().encode(JSON.stringify(value))];
  const database = await answer(indexedDB.open('sealward'));
  const all = [];
  for (const name of database.objectStoreNames) {
    const values = await answer(database.transaction(name).objectStore(name).getAll());
    for (const value of values) all.push([name, value instanceof Uint8Array ? [...value] : encode(value)]);
  }
  database.close();
  return [...all, ['localStorage', encode({ ...localStorage })]];
});
const kept = async () => JSON.stringify((await readStores()).filter(([name]) => name === 'personal'));

step('six resources, each with something else to be found by', async () => {
  await node(page, /Main vault/).click();
  await addResource(page, { Name: 'alpha-web', Type: 'Linux', 'DNS name or IP': 'alpha.example.internal', 'User name': 'root', Password: 'password1' }, { Tags: 'production', Department: 'Web', Owner: 'Zoe', Location: 'Oslo' });
  await addResource(page, { Name: 'beta-db', Type: 'Database', URL: 'https://beta.example.internal/login', 'User name': 'postgres', Password: 'correct horse battery staple 9' }, { Tags: 'production, ledger', Department: 'Data', Owner: 'Abe', Location: 'Bergen' });
  await editAccount('postgres', (form) => form.getByLabel('Privileged').check());
  await addResource(page, { Name: 'gamma-db', Type: 'Database', 'User name': 'reader', Password: team.secret(strong) });
  await addResource(page, { Name: 'delta-site', Type: 'Website', 'User name': 'editor' });
  await editAccount('editor', (form) => fill(form, { 'Valid until': '2020-01-31' }));
  await addGroup(page, 'Rack nine');
  await addResource(page, { Name: 'epsilon-net', Type: 'Network device', 'User name': 'admin', Password: strong }, { Tags: 'staging' });
  await addVault(page, 'Branch office');
  await addResource(page, { Name: 'zeta-mail', Type: 'Linux', 'User name': 'postmaster', Password: 'glacier nine tulip harbour 3' });
  await node(page, /All resources/).click();
  await eventually(listed, ['alpha-web', 'beta-db', 'delta-site', 'epsilon-net', 'gamma-db', 'zeta-mail']);
});

step('every filter leaves what it names', async () => {
  await leaves([/^Weak/], ['alpha-web']);
  await leaves([/^Reused/], ['epsilon-net', 'gamma-db']);
  await leaves([/^Expired/], ['delta-site']);
  await leaves([/^Privileged/], ['beta-db']);
  await leaves([/^No secret/], ['delta-site']);
  await leaves([/^Old/], []);
  await leaves([/^Expires soon/], []);
  await leaves([/^Has a file/], []);
  await leaves([/^Has a one-time code/], []);
  await leaves([/^Database/], ['beta-db', 'gamma-db']);
  await leaves([/^Database/, /^Website/], ['beta-db', 'delta-site', 'gamma-db']);
  await leaves([/^production/], ['alpha-web', 'beta-db']);
  await leaves([/^Branch office/], ['zeta-mail']);
  await leaves([/^Rack nine/], ['epsilon-net']);
  await leaves([/^Linux/, /^production/], ['alpha-web']);
  await leaves([/^Weak/, /^Privileged/], []);
});

step('the panel says how much each filter would leave', async () => {
  await openFilters();
  const count = (name) => panel().getByRole('button', { name }).locator('.count').innerText();
  await eventually(() => count(/^Reused/), '2');
  await eventually(() => count(/^Linux/), '2');
  await eventually(() => count(/^ledger/), '1');
  await checkAccess(page, 'the filters');
  await closeFilters();
});

step('filters are chips that are removed one by one, and words narrow what they left', async () => {
  await toggle(/^Database/);
  await toggle(/^Reused/);
  await closeFilters();
  await eventually(chips, ['Reused', 'Database']);
  await eventually(listed, ['gamma-db']);
  await page.getByRole('button', { name: 'Remove filter: Reused' }).click();
  await eventually(listed, ['beta-db', 'gamma-db']);
  await page.getByLabel('Filter this list').fill('abe');
  await eventually(listed, ['beta-db']);
  await page.getByRole('button', { name: 'Clear all filters' }).click();
  await eventually(async () => (await listed()).length, 6);
  assert.equal(await page.getByLabel('Filter this list').inputValue(), '');
});

step('a year later everything with a secret is old, and not a day before', async () => {
  const [worker] = page.workers();
  // The worker's calendar goes on, its clock stays: what is signed keeps its time.
  const shift = (days) => worker.evaluate((days) => {
    globalThis.RealDate ??= Date;
    const Real = globalThis.RealDate;
    globalThis.Date = class extends Real {
      constructor(...given) {
        if (given.length > 0) super(...given);
        else super(Real.now() + days * 86_400_000);
      }
    };
  }, days);
  await shift(365);
  await toggle(/^Old/);
  await closeFilters();
  await eventually(listed, []);
  await shift(366);
  // Whatever is typed has the list made anew.
  await page.getByLabel('Filter this list').fill('a');
  await eventually(listed, ['alpha-web', 'beta-db', 'epsilon-net', 'gamma-db', 'zeta-mail']);
  await shift(0);
  await page.getByRole('button', { name: 'Clear all filters' }).click();
});

step('the list is sorted by every column in both directions', async () => {
  const sort = async (column) => {
    await page.getByRole('button', { name: 'Sort' }).click();
    await page.getByRole('menuitemradio', { name: column, exact: true }).click();
  };
  const orders = {
    'User name': ['epsilon-net', 'delta-site', 'beta-db', 'zeta-mail', 'gamma-db', 'alpha-web'],
    Type: ['beta-db', 'gamma-db', 'alpha-web', 'zeta-mail', 'epsilon-net', 'delta-site'],
    Address: ['alpha-web', 'beta-db', 'delta-site', 'epsilon-net', 'gamma-db', 'zeta-mail'],
    Owner: ['beta-db', 'alpha-web', 'delta-site', 'epsilon-net', 'gamma-db', 'zeta-mail'],
    Department: ['beta-db', 'alpha-web', 'delta-site', 'epsilon-net', 'gamma-db', 'zeta-mail'],
    Location: ['beta-db', 'alpha-web', 'delta-site', 'epsilon-net', 'gamma-db', 'zeta-mail'],
    'Valid until': ['delta-site', 'alpha-web', 'beta-db', 'epsilon-net', 'gamma-db', 'zeta-mail'],
    Tags: ['alpha-web', 'beta-db', 'epsilon-net', 'delta-site', 'gamma-db', 'zeta-mail'],
  };
  for (const [column, order] of Object.entries(orders)) {
    await sort(column);
    await eventually(listed, order);
  }
  await sort('User name');
  await sort('User name');
  await eventually(listed, ['alpha-web', 'gamma-db', 'zeta-mail', 'beta-db', 'delta-site', 'epsilon-net']);
  await sort('Last changed');
  await eventually(async () => (await listed())[0], 'zeta-mail');
  await sort('Last changed');
  await eventually(async () => (await listed())[0], 'alpha-web');
  await sort('Strength');
  await eventually(async () => (await listed())[0], 'alpha-web');
  await sort('Name');
  await sort('Name');
  await eventually(listed, ['zeta-mail', 'gamma-db', 'epsilon-net', 'delta-site', 'beta-db', 'alpha-web']);
  await sort('Name');
  await eventually(listed, ['alpha-web', 'beta-db', 'delta-site', 'epsilon-net', 'gamma-db', 'zeta-mail']);
});

step('a star makes a favourite, which has a list of its own', async () => {
  await row(page, 'gamma-db').click();
  await shown(page, 'gamma-db');
  await detail(page).getByRole('button', { name: 'Favourite' }).click();
  await eventually(() => detail(page).getByRole('button', { name: 'Favourite' }).getAttribute('aria-pressed'), 'true');
  await row(page, 'alpha-web').click();
  await shown(page, 'alpha-web');
  await page.keyboard.press('s');
  await eventually(() => detail(page).getByRole('button', { name: 'Favourite' }).getAttribute('aria-pressed'), 'true');
  await node(page, /Favourites/).click();
  await eventually(listed, ['alpha-web', 'gamma-db']);
  await row(page, 'alpha-web').click();
  await detail(page).getByRole('button', { name: 'Favourite' }).click();
  await eventually(listed, ['gamma-db']);
});

step('what was opened last is listed, the newest first', async () => {
  await node(page, /All resources/).click();
  for (const name of ['delta-site', 'epsilon-net', 'beta-db']) {
    const before = await kept();
    await row(page, name).click();
    await shown(page, name);
    // Passing by does not count: whoever stays a moment has opened it, and that is written down.
    await eventually(async () => (await kept()) !== before, true);
  }
  await node(page, /Recently opened/).click();
  await eventually(async () => (await listed()).slice(0, 3), ['beta-db', 'epsilon-net', 'delta-site']);
});

step('a list is saved as a view under a name', async () => {
  await node(page, /All resources/).click();
  await toggle(/^Database/);
  await toggle(/^Linux/);
  await closeFilters();
  await page.getByLabel('Filter this list').fill('a');
  await page.getByRole('button', { name: 'Sort' }).click();
  await page.getByRole('menuitemradio', { name: 'User name', exact: true }).click();
  await page.getByRole('button', { name: 'Save as a view' }).click();
  await checkAccess(page, 'the name of a view');
  await fill(dialog(page), { Name: team.secret(view) });
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: view }).waitFor();
  await eventually(listed, ['beta-db', 'zeta-mail', 'gamma-db', 'alpha-web']);
  await node(page, new RegExp(view)).waitFor();
});

step('a view, favourites and what was opened survive locking and a new page', async () => {
  await page.keyboard.press('Control+Shift+L');
  await unlock(page);
  await inside(page);
  await page.reload();
  await unlock(page);
  await inside(page);
  await page.getByRole('heading', { name: view }).waitFor();
  await eventually(listed, ['beta-db', 'zeta-mail', 'gamma-db', 'alpha-web']);
  await eventually(chips, ['Database', 'Linux']);
  await node(page, /Favourites/).click();
  await eventually(listed, ['gamma-db']);
  await node(page, /Recently opened/).click();
  await eventually(async () => (await listed()).slice(0, 3), ['beta-db', 'epsilon-net', 'delta-site']);
});

step('nothing of it stands in the browser’s storage in plain', async () => {
  const stored = await readStores();
  const remains = stored.map(([name, bytes]) => [name, Buffer.from(bytes)]);
  assert.ok(remains.some(([name, bytes]) => name === 'personal' && bytes.length > 100), 'the views are stored');
  // The control: what may stand there in plain is found.
  assert.notDeepEqual(search(remains, ['mara.lindqvist']), []);
  assert.deepEqual(search(remains, [view, 'Database', 'gamma-db', 'zeta-mail']), []);
});

step('another window has the same views at once', async () => {
  const other = await team.owner.open('/');
  await inside(other);
  await node(other, new RegExp(view)).waitFor();
  await node(page, /All resources/).click();
  await row(page, 'zeta-mail').click();
  await detail(page).getByRole('button', { name: 'Favourite' }).click();
  await node(other, /Favourites/).click();
  // In the order that was chosen last: by user name.
  await eventually(() => rows(other).locator('.row-name').allTextContents(), ['zeta-mail', 'gamma-db']);
  await other.close();
});

step('a view is changed, renamed and deleted', async () => {
  await node(page, new RegExp(view)).click();
  await eventually(listed, ['beta-db', 'zeta-mail', 'gamma-db', 'alpha-web']);
  assert.equal(await page.getByRole('button', { name: 'Save changes to the view' }).count(), 0);
  await page.getByRole('button', { name: 'Remove filter: Linux' }).click();
  await page.getByRole('button', { name: 'Save changes to the view' }).click();
  await toast(page, 'Saved').waitFor();
  await node(page, /All resources/).click();
  await node(page, new RegExp(view)).click();
  await eventually(listed, ['beta-db', 'gamma-db']);
  await page.getByRole('tree', { name: 'Vaults' }).press('F2');
  await fill(dialog(page), { Name: team.secret('Databases of the quarter') });
  await save(page);
  await page.getByRole('heading', { name: 'Databases of the quarter' }).waitFor();
  await list().getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Delete view' }).click();
  await page.getByRole('heading', { name: 'All resources' }).waitFor();
  await node(page, /Databases of the quarter/).waitFor({ state: 'detached' });
});

step('a table has the columns that the person chose', async () => {
  await node(page, /All resources/).click();
  await list().getByRole('button', { name: 'Show as a table' }).click();
  const grid = page.getByRole('grid', { name: 'Resources' });
  const heads = () => grid.getByRole('columnheader').allInnerTexts();
  await eventually(heads, ['Name', 'Type', 'Address', 'User name', 'Accounts', 'Strength', 'Last changed']);
  const cells = (name) => grid.getByRole('row').filter({ hasText: name }).getByRole('gridcell').allInnerTexts();
  await eventually(async () => (await cells('beta-db')).slice(1, 5), ['Database', 'beta.example.internal', 'postgres', '1']);
  await checkAccess(page, 'the table');
  await grid.getByRole('columnheader', { name: 'Name', exact: true }).getByRole('button').click();
  await grid.getByRole('columnheader', { name: 'User name' }).getByRole('button').click();
  const names = () => grid.getByRole('row').locator('.row-name').allTextContents();
  await eventually(names, ['epsilon-net', 'delta-site', 'beta-db', 'zeta-mail', 'gamma-db', 'alpha-web']);
  await eventually(() => grid.getByRole('columnheader', { name: 'User name' }).getAttribute('aria-sort'), 'ascending');
  await grid.getByRole('columnheader', { name: 'User name' }).getByRole('button').click();
  await eventually(() => grid.getByRole('columnheader', { name: 'User name' }).getAttribute('aria-sort'), 'descending');
  await grid.getByRole('columnheader', { name: 'Name', exact: true }).getByRole('button').click();
  await list().getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Choose columns' }).click();
  for (const column of ['Type', 'Strength', 'Last changed', 'Accounts']) await dialog(page).getByLabel(column).uncheck();
  for (const column of ['Owner', 'Department', 'Location', 'Tags', 'Valid until']) await dialog(page).getByLabel(column).check();
  await checkAccess(page, 'the columns');
  await dialog(page).getByRole('button', { name: 'Done' }).click();
  await eventually(heads, ['Name', 'Address', 'User name', 'Tags', 'Owner', 'Department', 'Location', 'Valid until']);
  await eventually(() => cells('alpha-web').then((all) => all.slice(1, 7)), ['alpha.example.internal', 'root', 'production', 'Zoe', 'Web', 'Oslo']);
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme });
    await checkAccess(page, `the table, ${theme}`);
    await page.screenshot({ path: `${pictures}table-en-${theme}-1440.png` });
  }
  await page.emulateMedia({ colorScheme: 'light' });
  // The keys move through the table without opening; Enter opens, and the way back leads to the table.
  await grid.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await shown(page, 'zeta-mail');
  await detail(page).getByRole('link', { name: 'Back' }).click();
  await grid.waitFor();
  await list().getByRole('button', { name: 'Show as a table' }).click();
  await page.getByRole('listbox', { name: 'Resources' }).waitFor();
});

step('everything is done by keyboard alone', async () => {
  const tree = page.getByRole('tree', { name: 'Vaults' });
  await tree.focus();
  await page.keyboard.press('Home');
  // In the tree letters find names.
  await page.keyboard.type('bran');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Branch office' }).waitFor();
  await tree.press('Home');
  await page.keyboard.press('Enter');
  await eventually(async () => (await listed()).length, 6);
  await page.keyboard.press('/');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  await shown(page, 'zeta-mail');
  await page.keyboard.press('Home');
  await shown(page, 'alpha-web');
  // With Shift letters find names in the list.
  await page.keyboard.press('Shift+D');
  const cursor = () => page.locator('.row-line.cursor .row-name').innerText();
  await eventually(cursor, 'delta-site');
  await page.keyboard.press('Home');
  await shown(page, 'alpha-web');
  await page.keyboard.press('u');
  await toast(page, 'Copied').waitFor();
  await eventually(() => clipboard(page), 'root');
  await page.keyboard.press('c');
  await toast(page, /The clipboard is emptied/).waitFor();
  await eventually(() => clipboard(page), 'password1');
  await page.keyboard.press('w');
  await eventually(() => clipboard(page), 'alpha.example.internal');
  await page.keyboard.press('e');
  await dialog(page).getByRole('heading', { name: 'Edit resource' }).waitFor();
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
  await page.keyboard.press('p');
  await dialog(page).getByRole('heading', { name: 'Edit account' }).waitFor();
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
  await page.keyboard.press('n');
  await dialog(page).getByRole('heading', { name: 'New resource' }).waitFor();
  // In a text the same letters are letters.
  await page.keyboard.type('mcue');
  assert.equal(await dialog(page).getByLabel('Name', { exact: true }).inputValue(), 'mcue');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Discard' }).click();
  await dialog(page).waitFor({ state: 'detached' });
  await page.keyboard.press('f');
  // The first filter has the focus.
  await eventually(() => page.evaluate(() => document.activeElement.querySelector('span')?.innerText), 'Weak');
  await page.keyboard.press('Space');
  await page.keyboard.press('Escape');
  await eventually(chips, ['Weak']);
  await page.keyboard.press('x');
  await eventually(async () => (await listed()).length, 6);
});

step('many are selected by keys, moved, and brought back', async () => {
  const marked = () => page.locator('.row-line.marked .row-name').allTextContents();
  await page.getByRole('listbox', { name: 'Resources' }).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Space');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await eventually(marked, ['alpha-web', 'beta-db', 'delta-site']);
  await page.getByText('3 selected').waitFor();
  await checkAccess(page, 'a selection');
  await page.keyboard.press('Escape');
  await eventually(marked, []);
  await page.keyboard.press('Control+a');
  await eventually(async () => (await marked()).length, 6);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Home');
  await page.keyboard.press('Space');
  await page.keyboard.press('Shift+ArrowDown');
  await eventually(marked, ['alpha-web', 'beta-db']);
  await page.keyboard.press('Delete');
  await eventually(listed, ['delta-site', 'epsilon-net', 'gamma-db', 'zeta-mail']);
  await page.keyboard.press('Control+z');
  await eventually(async () => (await listed()).length, 6);
});

step('the help sheet lists every key, and so does the palette', async () => {
  await page.keyboard.press('?');
  const sheet = dialog(page);
  await sheet.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor();
  const lines = await sheet.locator('dl > div').evaluateAll((all) => all.map((line) => `${[...line.querySelectorAll('kbd')].map((key) => key.innerText).join(' ')}: ${line.querySelector('dd').innerText}`));
  for (const line of [
    'C: Copy the secret', 'U: Copy the user name', 'W: Copy the address', 'O: Open the address', 'P: Edit account', 'E: Edit resource', 'A: Add account', 'D: Duplicate resource',
    'M: Move resource to…', 'Y: Copy resource to…', 'S: Add to favourites', 'Delete: Delete resource', 'N: New resource', 'G: New resource group', 'F2: Rename vault', 'F2: Rename group',
    'F2: Rename view', '/: Filter the list', 'F: Filters', 'X: Clear all filters', 'B: Show as a table', 'T: Copy one-time code', 'V: Save as a view', 'Ctrl A: Select everything listed', 'Ctrl Z: Undo the last change',
    'I: Health', 'Ctrl ,: Settings', 'Ctrl K: Search', 'Ctrl Shift L: Lock', '?: Keyboard shortcuts', '↓ ↑: Up and down', 'PgDn PgUp: A page up and down', 'Home End: First and last', 'Enter: Open',
    '← →: Fold and unfold', 'Space: Select, in the list', 'Shift ↓ ↑: Select a range, in the list', 'Escape: Clear the selection',
  ]) assert.ok(lines.includes(line), `${line} in ${JSON.stringify(lines)}`);
  await checkAccess(page, 'the help sheet');
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
  await page.keyboard.press('Home');
  await shown(page, 'alpha-web');
  await page.keyboard.press('Control+k');
  const options = () => page.locator('#hits').getByRole('option').allInnerTexts().then((all) => all.map((text) => text.split('\n')[0]));
  // What is open is what the commands are about.
  for (const name of ['Copy the secret', 'Copy the user name', 'Copy the address', 'Edit account', 'Duplicate account', 'Edit resource', 'Delete resource', 'New vault', 'Import', 'Health', 'Settings', 'Lock', 'Light theme', 'Dark theme', '简体中文', 'Save as a view']) {
    await eventually(async () => (await options()).includes(name), true);
  }
  assert.ok(!(await options()).includes('Delete group'), 'nothing that cannot be done');
  await checkAccess(page, 'the palette with every command');
  await page.keyboard.type('dark');
  await eventually(async () => (await options()).at(-1), 'Dark theme');
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
});

for (const [language, say] of Object.entries({
  en: { filters: 'Filters', weak: /^Weak/, resources: 'Resources', help: 'Keyboard shortcuts', all: /All resources/ },
  zh: { filters: '筛选条件', weak: /^弱机密/, resources: '资源', help: '键盘快捷键', all: /全部资源/ },
})) {
  step(`${language}: list, filters and help look right in both themes and widths`, async () => {
    if (language === 'zh') {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox').fill('简体');
      await page.locator('#hits').getByRole('option', { name: '简体中文' }).click();
    }
    await page.getByRole('treeitem', { name: say.all }).click();
    const region = page.getByRole('region', { name: say.resources, exact: true });
    const filters = page.getByRole('dialog', { name: say.filters });
    const looks = [['light', wide], ['dark', wide], ['light', narrow], ['dark', narrow]];
    for (const [theme, viewport] of looks) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme: theme });
      await region.getByRole('button', { name: say.filters, exact: true }).click();
      await filters.getByRole('button', { name: say.weak }).click();
      await checkAccess(page, `filters, ${language}, ${theme}, ${viewport.width}`);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= viewport.width, `${width} px at ${viewport.width}`);
      await page.screenshot({ path: `${pictures}filters-${language}-${theme}-${viewport.width}.png` });
      await filters.getByRole('button', { name: say.weak }).click();
      await page.keyboard.press('Escape');
      await filters.waitFor({ state: 'hidden' });
    }
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: say.help }).waitFor();
    for (const [theme, viewport] of looks) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme: theme });
      await checkAccess(page, `help, ${language}, ${theme}, ${viewport.width}`);
      await page.screenshot({ path: `${pictures}help-${language}-${theme}-${viewport.width}.png` });
    }
    await page.setViewportSize(wide);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: say.help }).waitFor({ state: 'detached' });
  });
}

step('the server has seen nothing of it', async () => {
  await team.checkRemains();
});
