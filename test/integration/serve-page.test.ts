import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CHROMIUM, openPage, says, textsOf, until, useBrowser } from '../support/browser.ts';
import { writeConfig } from '../support/daemon.ts';
import { makeGalaxy } from '../support/galaxy.ts';
import { startHere } from '../support/here.ts';
import { ask } from '../support/http.ts';
import { tempDir } from '../support/temp-dir.ts';

useBrowser();

test.skipIf(CHROMIUM === null)(
  'the page of a process that only serves asks for nothing of a daemon',
  async () => {
    const cwd = tempDir();
    writeConfig(cwd, { history_days: 30 });
    const station = { id: 1, name: 'Galileo', system: 'Sol' };
    await makeGalaxy(join(cwd, 'data/TradeDangerous.db'), ['Sol'], [station]);
    const program = startHere({ cwd, args: ['serve', '--listen', '127.0.0.1:0'] });
    onTestFinished(() => program.end());
    const { url } = await program.logged(/^http: http/);
    const { page, complaints, requests } = await openPage(`${String(url)}/`);
    await says(page, 'main', 'This process only answers questions');
    await until(page, "document.querySelector('[aria-busy=true]') === null");
    expect(await textsOf(page, 'footer a')).not.toContain('Files');
    const access = await ask(`${String(url)}/api/v1/access`);
    expect(JSON.parse(access.bytes.toString())).toMatchObject({ offered: { status: false, history: true } });
    expect(complaints).toEqual([]);
    expect(requests.filter((path) => /\/(status|files\/)$/.test(path))).toEqual([]);
  },
);
