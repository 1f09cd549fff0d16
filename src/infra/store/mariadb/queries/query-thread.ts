import { threadModule } from '../../../threads/rpc.ts';
import { createAnswers } from './answers.ts';

export default threadModule(createAnswers);
