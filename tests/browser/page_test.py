"""Tests the page that explains a photograph, by clicking and reading as a user does."""

import base64

from case import PageCase, main

WORDS = ["a", "large", "white", "bird", "standing", "in", "a", "forest"]


class Page(PageCase):
    def test_opens_with_the_most_suspicious_word_and_its_evidence(self):
        self.open_page()
        self.assertEqual(self.browser.texts("#words button"), WORDS)
        self.assertEqual(self.selected(), ["bird"])
        self.assertEqual(self.browser.text("#word-text"), "bird")
        self.assertEqual(self.browser.text("#verdict"), "misrecognised")
        self.assertIn("another word fits", self.browser.text("#verdict-meaning"))
        self.assertEqual(self.browser.text("#p"), "60 %")
        self.assertEqual(self.browser.text("#gate"), "0.60")
        self.assertRegex(self.browser.text("#entropy"), r"^\d+ %$")
        self.assertIn("peaks on the right", self.browser.text("#where"))
        self.assertEqual(self.browser.texts("#evidence li"), ["p was 60 % with the whole photograph.", "Hidden: 5.0 %."])
        self.screenshot("light")

    def test_previews_a_word_on_hover_and_then_returns_to_the_selected_one(self):
        self.open_page()
        bird = self.picture()
        self.browser.hover("#words button:nth-child(8)")
        forest = self.picture()
        self.assertNotEqual(bird, forest)
        self.assertEqual(self.browser.text("#word-text"), "forest")
        self.assertEqual(self.browser.text("#verdict"), "language prior")
        self.browser.hover(".notes")
        self.assertEqual(self.browser.text("#word-text"), "bird")
        self.assertEqual(self.picture(), bird)

    def test_steps_through_the_words_with_the_arrow_keys(self):
        self.open_page()
        self.browser.keys("right")
        self.assertEqual(self.selected(), ["standing"])
        self.browser.keys("left", "left")
        self.assertEqual(self.browser.text("#word-text"), "white")
        self.browser.keys("end", "right")  # from the last to the first
        self.assertEqual(self.browser.run("return [...document.querySelectorAll('#words button')].findIndex((b) => b.ariaPressed === 'true')"), 0)
        self.assertIn("a: probability 90 %", self.browser.text("#live"))
        self.browser.keys("home", "right")
        self.assertEqual(self.browser.run("return document.activeElement.textContent"), "large")  # the focus follows

    def test_reaches_every_control_with_the_tab_key(self):
        self.open_page()
        reached = set()
        for _ in range(40):
            self.browser.keys("tab")
            reached.add(self.browser.run("const e = document.activeElement; return e.id || e.parentElement?.id || e.parentElement?.parentElement?.id"))
        for control in ["theme", "words", "tab-photo", "previous", "play", "next", "stage", "opacity", "color-map", "upsampling",
                        "light", "range", "show-contour", "show-map", "alternatives"]:
            self.assertIn(control, reached)

    def test_names_the_words_that_attend_to_the_cell_under_the_pointer(self):
        self.open_page()
        self.browser.hover("#stage", (12 + 0.5) / 14, (12 + 0.5) / 14)  # the center of "forest"
        lines = self.browser.texts("#probe div")
        self.assertTrue(lines[0].endswith(" forest"), lines)
        tint = [float(look) for look in self.browser.run("return [...document.querySelectorAll('#words button')].map((b) => b.style.getPropertyValue('--look'))")]
        self.assertEqual(tint.index(max(tint)), 7)
        self.assertEqual(max(tint), 1)
        self.screenshot("probe")
        self.browser.hover("#stage", (2 + 0.5) / 14, (2 + 0.5) / 14)
        self.assertTrue(self.browser.texts("#probe div")[0].endswith(" a"))
        self.browser.hover(".notes")
        self.assertFalse(self.browser.visible("#probe"))

    def test_probes_cells_with_the_keys_and_announces_the_words(self):
        self.open_page()
        self.browser.run("document.querySelector('#stage').focus()")
        self.browser.keys("right")
        self.assertIn("row 8, column 8", self.browser.text("#live"))
        self.browser.keys("up", "right")
        self.assertIn("row 7, column 9", self.browser.text("#live"))
        self.assertIn("bird", self.browser.text("#live"))
        self.browser.keys("escape")
        self.assertFalse(self.browser.visible("#probe"))

    def test_switches_opacity_colors_upsampling_scale_and_layer(self):
        self.open_page()
        seen = [self.picture()]
        self.browser.set("#opacity", "0.25")
        self.assertEqual(self.browser.run("return getComputedStyle(document.querySelector('#map')).opacity"), "0.25")
        for control, value in [("#color-map", "viridis"), ("#upsampling", "nearest"), ("#upsampling", "bilinear"), ("#range", "common")]:
            self.browser.set(control, value)
            seen.append(self.picture())
        self.assertEqual(len(set(seen[:4])), 4)
        self.browser.click("#show-map")
        self.assertFalse(self.browser.visible("#map"))
        self.browser.click("#show-map")
        self.assertTrue(self.browser.visible("#map"))
        self.browser.set("#light", "1")
        self.assertEqual(self.browser.text("#scale-meaning"), "of the gradient, at most 1")
        self.browser.keys("right")  # "standing" has no such map
        self.assertFalse(self.browser.visible("#map"))
        self.assertIn("no such map", self.browser.text("#scale-meaning"))

    def test_draws_the_same_map_as_the_program(self):
        self.open_page()
        self.browser.set("#color-map", "viridis")
        for upsampling in ["gaussian", "bilinear", "nearest"]:
            self.browser.set("#upsampling", upsampling)
            self.settled()
            expected = base64.b64encode((self.folder / f"{upsampling}.png").read_bytes()).decode()
            worst = self.browser.run("""
                const image = new Image();
                image.src = "data:image/png;base64," + arguments[0];
                return image.decode().then(() => {
                  const canvas = new OffscreenCanvas(224, 224), context = canvas.getContext("2d");
                  context.drawImage(image, 0, 0);
                  const a = context.getImageData(0, 0, 224, 224).data;
                  const b = document.querySelector("#map").getContext("2d").getImageData(0, 0, 224, 224).data;
                  let worst = 0;
                  for (let i = 0; i < a.length; ++i) worst = Math.max(worst, Math.abs(a[i] - b[i]));
                  return worst;
                })""", expected)
            self.assertLessEqual(worst, 4, upsampling)  # at most one of 256 color steps

    def test_draws_a_contour_that_holds_half_of_the_attention(self):
        self.open_page()
        self.assertFalse(self.browser.visible("#contour"))
        self.browser.keys("c")
        self.assertTrue(self.browser.visible("#contour"))
        share = self.browser.run("""
            // Brute force: sums the pixels of the drawn map within the path. The path consists of separate
            // segments, so a pixel is inside when a ray to its left crosses an odd number of them.
            const map = document.querySelector("#map"), levels = map.getContext("2d").getImageData(0, 0, 224, 224).data;
            const table = {};
            const scale = document.querySelector("#scale").getContext("2d").getImageData(0, 0, 256, 1).data;
            for (let i = 0; i < 256; ++i) table[[scale[4 * i], scale[4 * i + 1], scale[4 * i + 2]]] = i;
            const segments = [...document.querySelector("#contour .line").getAttribute("d").matchAll(/M([\\d.]+) ([\\d.]+)L([\\d.]+) ([\\d.]+)/g)].map((m) => m.slice(1).map(Number));
            let inside = 0, total = 0;
            for (let y = 0; y < 224; ++y) {
              const at = y + 0.503;
              const cuts = segments.filter(([, y0, , y1]) => (y0 <= at) !== (y1 <= at)).map(([x0, y0, x1, y1]) => x0 + (at - y0) / (y1 - y0) * (x1 - x0));
              for (let x = 0; x < 224; ++x) {
                const i = 4 * (y * 224 + x), level = table[[levels[i], levels[i + 1], levels[i + 2]]];
                total += level;
                if (cuts.filter((cut) => cut < x + 0.5).length % 2) inside += level;
              }
            }
            return inside / total""")
        self.assertAlmostEqual(share, 0.5, delta=0.02)

    def test_shows_an_alternatives_own_map_and_says_when_it_has_none(self):
        self.open_page()
        bird = self.picture()
        self.assertEqual([t.split("(")[0].rstrip("0123456789.% ") for t in self.browser.texts("#alternatives li")], ["dog", "bird", "sheep"])
        self.browser.click("#alternatives li:nth-child(1) button")
        self.assertNotEqual(self.picture(), bird)
        self.assertIn("where hiding pixels lowers it most", self.browser.text("#alternative-note"))
        self.assertIn("top right", self.browser.text("#where"))
        self.browser.click("#alternatives li:nth-child(3) button")
        self.assertEqual(self.picture(), bird)
        self.assertIn("share one attention", self.browser.text("#alternative-note"))
        self.screenshot("alternative")
        self.browser.click("#alternatives li:nth-child(3) button")
        self.assertFalse(self.browser.visible("#alternative-note"))

    def test_shows_words_by_cells_as_a_second_view(self):
        self.open_page()
        self.browser.click("#tab-matrix")
        self.assertFalse(self.browser.visible("#view-photo"))
        self.assertEqual(self.browser.texts("#matrix button"), [*WORDS, "all words"])
        brightest = self.browser.run("""
            const canvas = document.querySelectorAll("#matrix canvas")[7], data = canvas.getContext("2d").getImageData(0, 0, canvas.width, 1).data;
            let best = 0;
            for (let i = 0; i < canvas.width; ++i) if (data[4 * i] + data[4 * i + 1] > data[4 * best] + data[4 * best + 1]) best = i;
            return [canvas.width, best]""")
        self.assertEqual(brightest, [196, 12 * 14 + 12])
        self.browser.hover("#matrix .strip:nth-of-type(8)", (12 * 14 + 12.5) / 196)
        self.assertRegex(self.browser.text("#matrix-reading"), r"^forest: [\d.]+ % at row 13, column 13$")
        self.assertTrue(self.browser.visible("#locator-cell"))
        self.browser.click("#matrix button:nth-of-type(3)")
        self.assertEqual(self.selected(), ["white"])
        self.screenshot("matrix")
        self.browser.keys("a")
        self.assertTrue(self.browser.visible("#view-photo"))

    def test_follows_the_system_theme_and_the_theme_button(self):
        def lightness():
            return self.browser.run("return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).reduce((a, b) => a + Number(b), 0) / 3")
        self.open_page()
        self.assertGreater(lightness(), 200)
        self.browser.appear(1400, 950, "dark")
        self.assertLess(lightness(), 40)
        self.settled()
        self.screenshot("dark")
        self.browser.click("#theme")
        self.assertGreater(lightness(), 200)
        self.browser.appear(1400, 950)
        self.browser.click("#theme")
        self.assertLess(lightness(), 40)

    def test_has_sufficient_text_contrast_in_both_themes(self):
        for scheme in ["light", "dark"]:
            self.browser.appear(1400, 950, scheme)
            self.open_page()
            for selector in ["#words button", "#words [aria-pressed=true]", "#verdict", ".faint", ".figures dt", "#alternatives button", ".notes", "#file"]:
                ratio = self.browser.run("""
                    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
                    const luminance = (colors) => {
                      canvas.clearRect(0, 0, 1, 1);
                      for (const color of colors) { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); }
                      return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
                        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
                    };
                    const element = document.querySelector(arguments[0]), behind = [];
                    for (let e = element; e; e = e.parentElement) behind.unshift(getComputedStyle(e).backgroundColor);
                    const a = luminance(behind), b = luminance([...behind, getComputedStyle(element).color]);
                    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)""", selector)
                self.assertGreaterEqual(ratio, 4.5, f"{selector} in {scheme}")

    def test_fits_a_phone(self):
        self.browser.appear(390, 844, phone=True)
        for name in ["judged.html", "long.html", "cropped.html"]:
            self.open_page(name)
            self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), 390, name)
            small = self.browser.run("""return [...document.querySelectorAll("button, select, input, summary")].filter((e) => e.getClientRects().length && !e.closest("label.check"))
                .filter((e) => { const b = e.getBoundingClientRect(); return Math.min(b.width, b.height) < 24; }).map((e) => e.outerHTML)""")
            self.assertEqual(small, [])
        self.open_page()
        self.screenshot("phone", whole=True)
        self.browser.click("#tab-matrix")
        self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), 390)
        self.screenshot("phone-matrix", whole=True)

    def test_plays_through_the_words(self):
        self.open_page()
        self.browser.click("#play")
        self.browser.wait("return document.querySelector('#word-text').textContent !== 'bird'")
        self.browser.click("#play")
        stopped = self.browser.text("#word-text")
        self.assertEqual(self.browser.run("return new Promise((done) => setTimeout(() => done(document.querySelector('#word-text').textContent), 1500))"), stopped)

    def test_positions_the_map_over_the_encoder_input(self):
        for name in ["cropped.html", "padded.html", "strip.html"]:
            self.open_page(name)
            field, stage, place = self.browser.run("""
                const box = (id) => { const b = document.getElementById(id).getBoundingClientRect(); return [b.left, b.top, b.width, b.height]; };
                return [box("field"), box("stage"), JSON.parse(document.getElementById("data").textContent)]""")
            scale = stage[2] / place["width"]
            side = place["placement"]["input_size"]
            self.assertAlmostEqual(field[0] - stage[0], place["placement"]["offset_x"] * scale, delta=1.5)
            self.assertAlmostEqual(field[2], side * place["placement"]["scale_x"] * scale, delta=1.5)
            self.assertAlmostEqual(field[3], side * place["placement"]["scale_y"] * scale, delta=1.5)
        self.open_page("cropped.html")
        self.browser.hover("#stage", 0.5, 0.05)  # outside the encoder's input
        self.assertFalse(self.browser.visible("#probe"))
        self.screenshot("cropped")

    def test_shows_200_words_and_no_words(self):
        self.open_page("long.html")
        self.assertEqual(len(self.browser.texts("#words button")), 200)
        self.screenshot("long")
        self.open_page("none.html")
        self.assertIn("no word", self.browser.text("#words"))
        self.assertFalse(self.browser.visible("#word"))
        self.browser.keys("right")

    def test_makes_no_external_requests(self):
        self.open_page()
        for control, value in [("#color-map", "viridis"), ("#upsampling", "nearest")]:
            self.browser.set(control, value)
        self.browser.click("#tab-matrix")
        asked = [url for url in self.browser.requests() if not url.startswith("data:")]
        self.assertEqual(asked, [(self.folder / "judged.html").resolve().as_uri()])

    def test_shows_hostile_names_and_captions_as_text(self):
        self.open_page("hostile.html")
        evil = "<img src=x onerror=\"document.title='broken in'\">.jpg"
        self.assertEqual(self.browser.text("#file"), evil)
        self.assertEqual(self.browser.text("#word-text"), "</script>" + evil)
        self.assertEqual(self.browser.text("#verdict"), "</script>" + evil)
        self.assertEqual(self.browser.texts("#evidence li"), ["</script>" + evil])
        self.browser.click("#tab-matrix")
        self.browser.hover("#matrix .strip")
        self.assertIn(evil, self.browser.text("#matrix-reading"))
        self.assertEqual(self.browser.run("return document.querySelectorAll('img[src=x], [onerror]').length"), 0)
        self.assertNotEqual(self.browser.run("return document.title"), "broken in")
        self.screenshot("hostile")


if __name__ == "__main__":
    main()
