// Loaded before Azurite: when stdin ends, whoever started it is gone, so it saves and ends too.
"use strict";
process.stdin.on("end", () => process.kill(process.pid, "SIGTERM")).resume();
