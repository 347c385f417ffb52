import { expose } from 'comlink';
import { Service } from './service.js';
import { transferErrors } from './transfer-errors.js';

transferErrors();
expose(new Service());
