/**
 * By benchmark: what bounds it where that is not plain, as profiles and the times of threads told (`--profile`, and
 * `/proc/PID/task` for the server), and what was run at full size by hand. Shown below its figures.
 */
export const NOTES: Readonly<Record<string, string>> = {
  latency:
    'What bounds 1,000 messages/s on MariaDB: the server. Of the time of a batch of 120 markets LOAD DATA takes 80-90 %; ' +
    'reading what is stored, locks, COMMIT and what we do in between are the rest. In the seconds of a quiet machine the ' +
    "server's thread for our connection took 81 % of a core, its purge 20 % and its page cleaner 17 %, our main thread " +
    '19 % and the decode thread 10 %, publisher and questions 7 %: 1.5 of 2 cores. The bare loop keeps its thread at ' +
    '97 % beside 40 % of the other two. When neighbours slow the machine down, both cores are used up, and the ' +
    'stations/s of ours fall behind those of the loop by what decoding and comparing take. Whatever is not written ' +
    'in time is replaced by newer observations of its market: no more than one snapshot a market ever waits.' +
    ' Where loading is not allowed, multi-row upserts reach 0.7 to 0.8 of the loop.',
  idle:
    'What bounds it: node itself with three threads that do nothing (decode, spool, database) takes 88 MiB here, 48 of ' +
    'them pages of its own program, which other processes share. Of the 151 MiB of an idle daemon 62 MiB are such ' +
    'pages. The rest, some 60 MiB, is what its libraries compile to, and room that V8 has not given back: the same ' +
    'program was seen between 146 and 164 MiB.',
  'import-mariadb':
    'What bounds a fresh import: 2.4-2.8 s of the server, 1.6 s of staging, 1.2 s of our main thread and 0.6 s of ' +
    'inflating for every 4.2 s share two cores, of which LOAD DATA alone takes one for 2.1 s.',
  'growth-dump':
    'Run at full size by hand, not extrapolated: 25 GB of text (978,284 stations, 7.0 million market rows) into ' +
    'SQLite took 700 s with a peak RSS of 413 MiB, and 190 s with 308 MiB when nothing had changed. So memory does not ' +
    'follow the line above: JavaScript heaps stay at some 6 MiB, and with a fixed trim threshold of the C allocator ' +
    'the process stays 60 MiB lower. Fresh, the price indexes outgrow the page cache (exponent 1.23 from 1 GB to ' +
    '25 GB); unchanged, time is linear.',
};
