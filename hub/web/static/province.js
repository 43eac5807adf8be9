// Keeps the page true: fetches its changing part anew when the hub says that something is different.
"use strict";
const parts = document.getElementById("parts");
const stale = document.getElementById("stale");
const clock = document.getElementById("clock");
let wanted = false, busy = false;

async function renew() {
  wanted = true;
  if (busy) return;
  busy = true;
  while (wanted) {
    wanted = false;
    try {
      const answer = await fetch("/parts");
      if (!answer.ok) throw new Error(String(answer.status));
      parts.innerHTML = await answer.text();
      stale.hidden = true;
    } catch {
      stale.hidden = false;
    }
  }
  busy = false;
}

const changes = new EventSource("/changes");
changes.addEventListener("changed", renew);
changes.addEventListener("open", renew);
changes.addEventListener("error", () => { stale.hidden = false; });

function tick() {
  clock.textContent = new Date().toLocaleTimeString("id-ID", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Makassar" });
}
tick();
setInterval(tick, 10000);
setInterval(renew, 60000); // "5 menit lalu" grows old by itself
