// Looks again where a session stands, and shows the page anew when that has changed.

const EVERY_MS = 3000;
const LONGEST_MS = 30000;
const place = document.querySelector("[data-progress]");

let pause = EVERY_MS;

async function look() {
  try {
    const response = await fetch(place.dataset.progress, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(String(response.status));
    const standing = await response.json();
    if (standing.state !== place.dataset.state) {
      location.reload();
      return;
    }
    place.querySelector("[data-words]").textContent = standing.words;
    pause = EVERY_MS;
  } catch {
    // The site may be restarting: ask less and less often, and go on.
    pause = Math.min(pause * 2, LONGEST_MS);
  }
  setTimeout(look, pause);
}

if (place?.dataset.moving) setTimeout(look, pause);
