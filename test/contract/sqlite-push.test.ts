import { storeThreadsHere } from '../support/threads-here.ts';
import { buildsContract } from './push-builds.contract.ts';
import { namedContract } from './push-named.contract.ts';
import { pushContract } from './push.contract.ts';
import { pushResumeContract } from './push-resume.contract.ts';
import { createSqliteDatabase } from './sqlite-database.ts';

storeThreadsHere();

pushContract(() => createSqliteDatabase());
namedContract(() => createSqliteDatabase());
buildsContract(() => createSqliteDatabase());
pushResumeContract(() => createSqliteDatabase());
