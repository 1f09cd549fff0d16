export { fetchArchive, lookForArchive, type Found } from '../../infra/archives/fetch.ts';
export { findArchives } from '../../infra/archives/files.ts';
export { openReplayLedger, stateOfFile, type ReplayLedger } from '../../infra/archives/ledger.ts';
