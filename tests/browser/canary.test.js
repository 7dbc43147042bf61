// The canary search itself: what it looks for, it finds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forms, search } from './harness/canary.js';

const secret = 'Grün "密码" 7/9?';

test('finds every form in the midst of other bytes', () => {
  for (const [form, bytes] of forms(secret)) {
    const remains = [['here', Buffer.concat([Buffer.from('{"a":"'), bytes, Buffer.from('"}')])]];
    assert.notDeepEqual(search(remains, [secret]), [], form);
  }
});

test('finds base64 wherever it starts', () => {
  for (const before of ['', 'x', 'xy', 'xyz', 'abcdefgh']) {
    for (const encoding of ['base64', 'base64url']) {
      const body = Buffer.from(Buffer.from(`${before}${secret}after`).toString(encoding));
      assert.notDeepEqual(search([['body', body]], [secret]), [], `${encoding} after ${before}`);
    }
  }
});

test('finds nothing where nothing is', () => {
  assert.deepEqual(search([['body', Buffer.from('nothing to see here')]], [secret]), []);
});

test('refuses needles that chance would find', () => {
  assert.throws(() => search([], ['abc']), /too short/);
});
