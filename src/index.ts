/** The engine's public API. It knows nothing of Node-RED and runs anywhere JavaScript does. */
export {};
