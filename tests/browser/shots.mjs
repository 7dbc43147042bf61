import { startTeam } from './harness/team.js';
import { dialog, readKit, signInWithKit } from './harness/person.js';
for (const [name, options] of [['wide', {}], ['narrow', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' }]]) {
  const team = await startTeam();
  const page = team.page;
  await page.getByRole('link', { name: 'People' }).click();
  if (options.viewport) { await page.setViewportSize(options.viewport); await page.emulateMedia({ colorScheme: 'dark' }); }
  await page.getByRole('button', { name: 'Invite someone' }).click();
  await page.screenshot({ path: `/tmp/shot-${name}-invite.png` });
  await dialog(page).getByRole('button', { name: /make them a member with a password/ }).click();
  await dialog(page).getByLabel('Login name').fill('grace.hopper');
  await page.screenshot({ path: `/tmp/shot-${name}-form.png` });
  await dialog(page).getByRole('button', { name: 'Make the member' }).click();
  await dialog(page).getByText('grace.hopper is a member').waitFor();
  await page.screenshot({ path: `/tmp/shot-${name}-made.png` });
  const password = await dialog(page).locator('.first-password').textContent();
  const kit = { ...(await readKit(page)), login: 'grace.hopper', password };
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  await page.getByText('Not signed in yet').first().waitFor();
  await page.screenshot({ path: `/tmp/shot-${name}-people.png` });
  const device = await team.openDevice();
  const grace = await device.open('/');
  if (options.viewport) { await grace.setViewportSize(options.viewport); await grace.emulateMedia({ colorScheme: 'dark' }); }
  await signInWithKit(grace, kit);
  await grace.getByRole('heading', { name: 'Make this account yours' }).waitFor();
  await grace.screenshot({ path: `/tmp/shot-${name}-first.png` });
  await team.close();
}
