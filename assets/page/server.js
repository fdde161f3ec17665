// Requests to the server.
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Asks the user for the token. All requests that wait for it share one question. */
let question = null;
function askForToken() {
  question ??= new Promise((answered) => {
    const dialog = $("token-dialog");
    const done = () => {
      sessionStorage.setItem("token", $("token").value.trim());
      $("token").value = "";
      dialog.close();
    };
    $("token-done").onclick = done;
    $("token").onkeydown = (event) => { if (event.key === "Enter") done(); };
    dialog.addEventListener("close", () => {
      question = null;
      answered();
    }, { once: true });
    dialog.showModal();
  });
  return question;
}

/** Sends a request and returns the response. Asks for the token if it is missing, and waits while the server is busy. */
async function request(path, parameters = {}, image = null) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== "" && value !== undefined));
  for (let attempt = 1; ; ++attempt) {
    const token = sessionStorage.getItem("token");
    let response;
    try {
      response = await fetch(`${path}?${query}`, {
        method: image ? "POST" : "GET", body: image,
        headers: { ...(token ? { Authorization: `Bearer ${token}` } : {}), ...(image ? { "Content-Type": "application/octet-stream" } : {}) },
      });
    } catch {
      throw new Error("The server does not answer. Is it still running?");
    }
    if (response.ok) return response;
    if (response.status === 401 && attempt < 10) {
      if (token === sessionStorage.getItem("token")) await askForToken();
    } else if (response.status === 503 && attempt < 20) {
      await pause(1000 * Number(response.headers.get("Retry-After") || 1));
    } else {
      const { error } = await response.json().catch(() => ({ error: { message: `The server answers ${response.status}.` } }));
      throw new Error(error.message);
    }
  }
}

const requestJson = async (...given) => (await request(...given)).json();
