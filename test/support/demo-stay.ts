import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sendCommanders, startLivingGalaxy } from './living-galaxy.ts';

const CLONE = fileURLToPath(new URL('../..', import.meta.url));

const OPENERS: Readonly<Record<string, string>> = { darwin: 'open', linux: 'xdg-open' };

/** `npm run demo -- --stay`: a galaxy in which everything is going on, until Ctrl-C. */
export async function stay(): Promise<void> {
  console.log('a galaxy of 2,000 markets is made, with a week of history: half a minute ...');
  const galaxy = await startLivingGalaxy({
    ...{ systems: 700, stations: 2_000, reachLy: 120, messagesPerS: 10, stopEveryS: 20 },
    ...{ historyDays: 7, recorded: 500 },
  });
  try {
    await sendCommanders(galaxy);
    const { url, token, cwd } = galaxy;
    console.log(`
The page:   ${url}/
The token:  ${token}
            (Scout, Builds and Operate ask for it: they tell where commanders are)

Try next:
  What did gold cost last week?         ${url}/?view=find&commodity=Gold
  Which markets are stale around Sol?   ${url}/?view=stale
  Who flies where? Plan a tour for three, and watch two that are under way
                                        ${url}/?view=scout
  What does the build in Sol lack, and where is it sold?
                                        ${url}/?view=builds
  How is the daemon?                    ${url}/?view=operate
  The same in a terminal:               cd ${cwd}; tdl() { npm --silent --prefix '${CLONE}' start -- "$@"; }
                                        tdl status; tdl tour list; tdl colonisation shop
  From a program:                       curl '${url}/api/v1/commodities/gold/sellers?near=Sol'

A dozen messages a second come in, a stop of a tour is seen every 20 seconds, and the build is delivered to.
Ctrl-C ends it, and removes everything.`);
    openBrowser(`${url}/`);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), galaxy.program.exit]);
    console.log('\nstopping ...');
  } finally {
    await galaxy.stop();
  }
}

/** Where somebody looks at it. */
function openBrowser(url: string): void {
  const opener = OPENERS[process.platform];
  if (!process.stdout.isTTY || opener === undefined) return;
  spawn(opener, [url], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
