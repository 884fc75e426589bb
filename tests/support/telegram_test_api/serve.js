// Serves telegram-test-api on the port given, until it is ended.
const TelegramServer = require('telegram-test-api').default || require('telegram-test-api');

const server = new TelegramServer({ port: Number(process.argv[2]), host: '127.0.0.1', storeTimeout: 600 });
server.start().then(() => console.log('ready'));
