// Loaded before Azurite: when stdin ends, whoever started it is gone, so it saves and ends too.
"use strict";
process.stdin.on("end", () => process.kill(process.pid, "SIGTERM")).resume();
// An open stdin would keep the process alive after Azurite has closed everything of its own.
process.once("SIGTERM", () => process.stdin.destroy());
