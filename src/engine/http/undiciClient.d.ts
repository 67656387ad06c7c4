export { Client } from 'undici';
