// Nothing here is needed to use the portal: it refreshes what is live, closes open menus, and speaks with passkeys.
const every = 5000;

async function refresh() {
  const live = [...document.querySelectorAll("[data-live]")];
  if (live.length === 0 || document.hidden || live.some(part => part.contains(document.activeElement))) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.status === 401 || answer.status === 403 || answer.status === 404 || answer.redirected) return location.reload(); // What was open is not any more.
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of live) {
      const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
      if (!fresh && part.dataset.live === "granted") return location.reload();
      if (fresh && fresh.innerHTML !== part.innerHTML) part.replaceWith(document.adoptNode(fresh));
    }
  } catch {
    // The next round tries again.
  }
}

if (document.querySelector("[data-live]")) setInterval(refresh, every);

document.addEventListener("click", event => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", event => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

for (const form of document.querySelectorAll("form[data-submit]")) form.submit();

// Passkeys need a script; where the browser has none, the other ways to sign in are on the page.
for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) continue;
  form.hidden = false;
  form.addEventListener("submit", async event => {
    event.preventDefault();
    const failed = form.querySelector("[data-passkey-failed]");
    failed.hidden = true;
    try {
      const options = JSON.parse(form.elements.options.value);
      const answer = form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      form.elements.credential.value = JSON.stringify(answer.toJSON());
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
}
