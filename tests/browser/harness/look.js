// Looks at what is on the screen in each theme and at each width: nothing wider than the window, no barrier, and a picture
// to look at.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { checkAccess, narrow, wide } from './browser.js';

const pictures = fileURLToPath(new URL('../../../target/screenshots/', import.meta.url));
const looks = [['light', wide], ['dark', wide], ['light', narrow], ['dark', narrow]];

export async function look(window, place) {
  await mkdir(pictures, { recursive: true });
  for (const [theme, viewport] of looks) {
    await window.setViewportSize(viewport);
    await window.emulateMedia({ colorScheme: theme });
    const width = await window.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= viewport.width, `${place}: ${width} px at a width of ${viewport.width}`);
    await checkAccess(window, `${place}, ${theme}, ${viewport.width} px`);
    await window.screenshot({ path: `${pictures}${place}-${theme}-${viewport.width}.png` });
  }
  await window.setViewportSize(wide);
  await window.emulateMedia({ colorScheme: 'light' });
}
