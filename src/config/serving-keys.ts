import {
  brokerUrl,
  clusterUrl,
  flag,
  hostNames,
  listenAddress,
  paths,
  subscriptions,
  tourTimes,
} from './schemas.ts';
import { count, type Table } from './table.ts';

/** What is answered, pushed and planned. */
export const SERVING_KEYS = {
  http_listen: {
    field: 'httpListen',
    fallback: '127.0.0.1:8390',
    schema: listenAddress,
    about: 'Where the daemon serves files, health and metrics over HTTP; null = nowhere.',
  },
  http_names: {
    field: 'httpNames',
    fallback: [],
    schema: hostNames,
    optional: true,
    about:
      'Names under which others reach the HTTP server, as behind a reverse proxy; writing is taken for these only, see docs/http.md.',
  },
  cluster_url: {
    field: 'clusterUrl',
    fallback: null,
    schema: clusterUrl,
    optional: true,
    about:
      'Where the other daemons on this MariaDB database reach this one over HTTP; null = it is the only one. See docs/scaling.md.',
  },
  api: {
    field: 'api',
    fallback: true,
    schema: flag,
    optional: true,
    about: 'Answer questions about markets, stations and systems under `/api/v1`, too; see docs/api.md.',
  },
  api_questions_per_minute: {
    field: 'apiQuestionsPerMinute',
    fallback: 600,
    schema: count(0, 1_000_000),
    optional: true,
    about:
      'So many questions a minute are answered to one client, at each of `/api/v1`, `/api/v2` and `/v2`; 0 = any number.',
  },
  subscriptions: {
    field: 'subscriptions',
    fallback: [],
    schema: subscriptions,
    optional: true,
    live: true,
    about: 'What can be listened to by its name, as if it had been made over HTTP; see docs/api.md.',
  },
  broker_url: {
    field: 'brokerUrl',
    fallback: null,
    schema: brokerUrl,
    optional: true,
    about:
      'A Redis or Valkey server that is told of what is written, for others to follow; see docs/broker.md. Secrets are in `REDIS_USERNAME` and `REDIS_PASSWORD`.',
  },
  tours: {
    field: 'tours',
    fallback: false,
    schema: flag,
    optional: true,
    about: 'Keep tours of scouts, whose stops close when they are seen, and patrols; see docs/tours.md.',
  },
  tour_times: {
    field: 'tourTimes',
    fallback: {},
    schema: tourTimes,
    optional: true,
    about: 'What tours are reckoned with, where it differs from the medians of docs/tours.md.',
  },
  journal_dirs: {
    field: 'journalDirs',
    fallback: [],
    schema: paths,
    optional: true,
    about:
      "Folders of the game's journals that are followed: builds, carriers and cargo, see docs/colonisation.md. `ED_JOURNAL_DIR` names one more.",
  },
  remote_journals: {
    field: 'remoteJournals',
    fallback: false,
    schema: flag,
    optional: true,
    about: 'Take journals that others send with `tdl journal send` and a token; see docs/colonisation.md.',
  },
  colonisation_public: {
    field: 'colonisationPublic',
    fallback: false,
    schema: flag,
    optional: true,
    about: 'Answer what journals tell (builds, carriers, cargo, positions) without a token, too.',
  },
} as const satisfies Table;
