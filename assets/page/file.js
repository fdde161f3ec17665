// The page in a file: its only explanation is part of it.
function start() {
  showExplanation(page);
  listen();
  if (page.index) {
    $("back").href = page.index;
    $("back").hidden = false;
  }
}

start();
