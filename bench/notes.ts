const ELSEWHERE = 'Run on another machine of this kind (2 cores of an Intel Xeon).';

/**
 * By benchmark: what bounds it where that is not plain, as profiles and the times of threads told (`--profile`, and
 * `/proc/PID/task` for the server), and what was run at full size by hand. Shown below its figures.
 */
export const NOTES: Readonly<Record<string, string>> = {
  decode:
    'One engine of zlib for all frames made it what it is: to make ' +
    'one for each frame, as the bare loop does with what Node documents, is half of inflating a message (11 us, 6 without) ' +
    'and a third of inflating a market (27 us, 18). Before, the ratios of CPU time were 1.07, 0.79 and 0.74 there. ' +
    'In one process, without a thread, they are 1.04 to 1.14 with learning on and 0.90 to 0.92 for market messages (medians of ' +
    '12 rounds). What bounds market messages: of 84 us a message 74 are the decode thread, 5 the main thread (copying frames ' +
    'together, what comes back made into objects again) and 5 helpers of the collector. Of the decode thread JSON.parse is 52 %, ' +
    'inflating 23 %, the text 3 %, which the bare loop has, too (69 us with its engines); the rows are 10 %, the collector and what ' +
    'crosses to the main thread 6 %. Rows in one buffer a batch, or copied instead of moved, cost as much or more. So some 0.85 of a ' +
    'bare loop without a thread is what a reader reaches that has to be answered while it decodes.',
  'write-sqlite':
    'What bounds an update in which every row changed: by a ' +
    'profile over all the kinds of updates 63 % of the time of the writer are in the statements of the rows (two price indexes lose ' +
    'and gain an entry), 14 % COMMIT, 10 % reading what is stored to compare it. The bare loop has the first two of them only: it ' +
    'upserts without looking, which costs half as much again where nothing changed, and that is the rule. With its own statement, ' +
    'as many rows at a time, in place of ours the ratio of CPU time is 0.68 to 0.69, and of updates of half of the rows 0.75 to 0.79.',
  replay:
    'What bounds it is the start: a single message takes 0.6 to 0.7 s of CPU, ' +
    'all of 20,000 (1,200 markets) 1.6 s on SQLite. Of ten times as many the ratio of CPU time is 0.96 on SQLite and 1.92 on ' +
    'MariaDB, for of each market the newest observation is written only, while the bare loop writes all. By a profile of 20,000 on ' +
    'SQLite 43 % of the work are on the main thread (an eighth of that the collector), 30 % on the writer, 27 % on the ' +
    'decode thread.',
  'archive-day':
    'Run with a tenth of a day: the start (0.6 s of CPU) weighs in what is not compressed. bzip2 is bound by its decoder, which has a thread of its own: 6.7 MB of text a second of CPU, so that a day of ' +
    '2 GB takes five minutes of it. A whole day (80,000 messages, 2 GB, not compressed): 26 s on SQLite, 0.98 of the bare loop ' +
    'and 0.80 of its CPU time, peak 640 MiB; 30 s on MariaDB, 1.11 and 0.72, peak 620 MiB. Each market is written once ' +
    '(9,091 writes; the other 70,909 messages gave way to newer ones before). ' +
    'Memory of 240,000 messages, the same day three times: 560 MiB after a quarter of the time, 657 at 45 %, 663 at 60 %, 693 at 75 ' +
    '%, 632 at 90 % (peak 729): it ' +
    'grows until what may be gathered is gathered, and no further. Of 660 MiB 205 are the heap of the main thread (128 ' +
    'of them its young generation, which V8 doubles up to there), 84 that of the decode thread (64 of them young), 60 its ' +
    'batches, 53 the writer, 90 rows that are gathered. Young generations of 16 MiB at most make it 526 for a tenth more CPU.',
  latency:
    'What bounds 1,000 messages/s on MariaDB, on a machine half as fast: its two cores. While messages come in, 94 % of both are ' +
    "used: the server's two threads for our connections 51 and 50 % of a core, its purge 19 % and its page cleaner " +
    '17 %; our main thread 42 %, the decode thread 9 %, helpers of the garbage collector 10 %; publisher and questions ' +
    '7 %. The bare loop has the machine for itself and leaves a third of it idle, for its thread, at 97 % of a core, ' +
    'is all it can use. Of the time of a batch LOAD DATA takes three quarters; reading what is stored, locks, COMMIT ' +
    'and what we do in between are the rest. Whatever is not written in time is replaced by newer observations of its ' +
    'market: no more than one snapshot a market ever waits. ' +
    'Here MariaDB keeps up with 1,000 messages/s. Learning costs 3 % of a core on SQLite, and nothing that shows in the p99.',
  idle:
    `${ELSEWHERE} ` +
    'What bounds it: node itself with three threads that do nothing (decode, spool, database) takes 88 MiB here, 48 of ' +
    'them pages of its own program, which other processes share. Of the 153 MiB of an idle daemon on SQLite 62 MiB are ' +
    "such pages; 37 MiB are the main thread's JavaScript heap (25 in use, and 9 that the young generation grew by at " +
    'the start); 9 MiB the C heap; the other 45 MiB heaps and stacks of the threads and what the libraries have for ' +
    'themselves. Of the libraries zod takes 14 MiB when loaded alone, fastify 13, mysql2 10, undici 9. A young ' +
    'generation of at most 4 MiB would save 4 MiB of the idle daemon and cost the busy one collections. The first start ' +
    'in a clone takes 60 MiB more, for it has the types of the sources to strip.',
  questions:
    'What bounds one market: the way, for all of it is at most 1.0 ms of CPU when one is asked after the other, and twice as much once every 20 ms, ' +
    'when nothing of it is in a cache. On SQLite it keeps its budget in six runs of six: 3.2, 3.5, 3.6, 3.9, 4.6 and 4.6 ms (p99; the bare ' +
    'server 1.9 to 3.3). On MariaDB in one of six: 4.5, 5.5, 5.8, 5.8, 5.8 and 6.1 ms (the bare one 3.2 to 4.3). Of the 750 questions ' +
    'of a minute the slowest hundredth is seven, and chance: since 2026-11-30 three minutes are counted, after one that is not, in which ' +
    'a third more are late than in the next, for what is new to a program is compiled meanwhile. So on an Intel machine of two cores: ' +
    'SQLite 4.4, 3.9 and 4.6 ms (the bare server 2.5, 2.2 and 2.3), MariaDB 6.3, 6.3 and 6.0 (4.7, 4.8 and 4.8); over single minutes there ' +
    'SQLite had 5.3 and 5.2, MariaDB 5.1 and 6.2. After the first of the three MariaDB was told to keep the statement of a market, which takes it 0.69 ms ' +
    'of CPU now instead of 0.84, once every 20 ms (the bare one 0.50); in turns of three minutes on one database 28, 33 and 34 of 2,250 ' +
    'were late with it (p99 5.1 to 5.7 ms; the bare server 4.4 to 4.7), 35, 49 and 60 without (5.7 to 6.9; 4.5 to 5.9). ' +
    'Up to 2026-11-29 the figures were 4.3 to 7.8 and 6.0 to 14 ms, and much of what was beyond the budget was the asking: ' +
    'it made a text of each answer and collected that garbage, on both cores, while the next answer was on its way. It keeps nothing ' +
    'of an answer now, the messages are made before, and MariaDB has written its pages before it is asked. What is slow now, by a list ' +
    'of who had which core when: a thread that could run waits behind another on its core, up to the 4 ms between two ticks of the ' +
    'kernel, while the other core may be idle. On MariaDB a third of these waits is behind the threads of the server that write a ' +
    'market and clean up after it (9 and 14 ms of CPU a market of 202 rows there, most of it its times in an index), a quarter behind ' +
    'helpers of V8 in the daemon, which compile and collect; on SQLite half of them is behind those helpers. Without any search beside, ' +
    'as many answers are late. One helper instead of four (22 late of 1,500 against 28, on SQLite 12 against 11), a collector with one ' +
    'thread, threads of a lower priority, one thread of the server that cleans up instead of four (37 late of 2,250 against 35 and 49): ' +
    'nothing that runs do not differ by. ' +
    'MariaDB has a buffer pool of 5 GiB here, which holds the database (3 GiB). With one of 512 MiB commits have a p99 of 630 ms and the first questions take ' +
    '14 s: pages of the price indexes come from the disk, where a fifth of the 202 goods of a market change some 80 entries of them a message.',
  tours:
    'No plan of several commanders meets its bound: the bound knows neither that each of them has to fly home, nor that stops ' +
    'cannot be divided.',
  'import-sqlite':
    'Peak RSS is that of a process that holds the bare loop and what it measures, too. An import by itself had 280 MiB at this size ' +
    'on this machine, beside other work, and 413 at 25 GB on another one.',
  'import-mariadb':
    'What bounds a fresh import: 2.4-2.8 s of the server, 1.6 s of staging, 1.2 s of our main thread and 0.6 s of ' +
    'inflating for every 4.2 s share two cores, of which LOAD DATA alone takes one for 2.1 s.',
  history:
    `${ELSEWHERE} ` +
    'Run at a quarter of a day, while others worked on the machine (load average 12 to 17), which makes times three to five ' +
    'times as long. Sizes of a whole day are four times as large: 36 MiB, or 110 MiB if units were a change; a first ' +
    'day, on which all is new, 38 MiB; the running file 124 MiB. CPU, alone: 0.5 ms a message, 5 s to close a quarter of a ' +
    'day, 25 ms a day of one market, 4 ms a day of one good. What bounds closing is the encoding of pages in JavaScript, in ' +
    "a thread of its own; a row group of 32,768 rows is all that is in memory. Measured after the run above, that thread's young generation kept to 8 MiB: 190 MiB more than before while 690,000 changes are closed, instead of 310.",
  'growth-dump':
    `${ELSEWHERE} ` +
    'Run at full size by hand, not extrapolated: 25 GB of text (978,284 stations, 7.0 million market rows) into ' +
    'SQLite took 700 s with a peak RSS of 413 MiB, and 190 s with 308 MiB when nothing had changed. So memory does not ' +
    'follow the line above: JavaScript heaps stay at some 6 MiB, and with a fixed trim threshold of the C allocator ' +
    'the process stays 60 MiB lower. Fresh, the price indexes outgrow the page cache (exponent 1.23 from 1 GB to ' +
    '25 GB); unchanged, time is linear.',
  'start-up': ELSEWHERE,
  actors: ELSEWHERE,
  inspector: ELSEWHERE,
  'growth-messages': ELSEWHERE,
  'growth-stations': ELSEWHERE,
  'growth-rows': ELSEWHERE,
  'export-mariadb':
    'The server puts the lines of a station together, for one text a station crosses into JavaScript sooner than nine cells a row. Of ' +
    '0.52 s for 490,000 rows it takes 0.31; CONCAT_WS within GROUP_CONCAT, and an epoch that is no text, took a quarter of what it ' +
    'took. What is left of the time is which stations and goods there are, before, and our text.',
};
