"""Tests the list of a folder's explanations, with 1,001 entries."""

from case import PageCase, main


class Index(PageCase):
    def names(self):
        return self.browser.texts("#list .name")

    def test_sorts_by_suspicion_and_loads_while_scrolling(self):
        self.open("folder/index.html")
        suspicions = [float(text.split()[1]) for text in self.browser.texts(".suspicion span")]
        self.assertEqual(suspicions, sorted(suspicions, reverse=True))
        self.assertEqual(suspicions[0], 1.0)
        self.assertEqual(self.browser.text("#count"), "1001 photographs")
        self.assertLess(len(self.names()), 300)
        thumbnails = [url for url in self.browser.requests() if "thumbnails/" in url]
        self.assertGreater(len(thumbnails), 0)
        self.assertLess(len(thumbnails), 200)  # those in view, not all 1,000
        self.browser.wait("return document.querySelector('#list img').complete && document.querySelector('#list img').naturalWidth > 0")
        self.screenshot("index")

    def scroll_to_the_last(self):
        self.browser.wait("window.scrollTo(0, document.documentElement.scrollHeight); return document.querySelectorAll('#list li').length === 1001")

    def test_loads_more_when_scrolled_to_the_end(self):
        self.open("folder/index.html")
        self.scroll_to_the_last()

    def test_loads_more_when_observer_entries_arrive_together(self):
        # As on a busy machine: "out of view" and "in view" arrive in one call.
        with self.browser.before_pages("""
                window.IntersectionObserver = class extends IntersectionObserver {
                  constructor(report, options) {
                    super((seen) => report([{ isIntersecting: !seen.at(-1).isIntersecting }, ...seen]), options);
                  }
                };"""):
            self.open("folder/index.html")
            self.scroll_to_the_last()

    def test_sorts_searches_and_filters(self):
        self.open("folder/index.html")
        self.browser.set("#order", "name")
        self.assertEqual(self.names()[1:4], ["broken.jpg", "photo-0.jpg", "photo-1.jpg"])
        self.browser.set("#search", "PHOTO-99")
        self.assertEqual(self.names(), ["photo-99.jpg", *[f"photo-99{i}.jpg" for i in range(10)]])
        self.assertEqual(self.browser.text("#count"), "11 of 1001 photographs")
        self.browser.set("#search", "")
        self.browser.set("#filter", "failed")
        self.assertEqual(self.names(), ["broken.jpg"])
        self.assertIn("cut off", self.browser.text("#list .failed"))

    def test_opens_an_explanation_and_returns(self):
        self.open("folder/index.html")
        self.browser.set("#search", "photo-42.jpg")
        self.browser.click("#list a")
        self.browser.wait("return document.querySelector('#file')?.textContent === 'photo-42.jpg'")
        self.browser.click("#back")
        self.browser.wait("return document.querySelector('#list') !== null")

    def test_shows_hostile_names_as_text(self):
        self.open("folder/index.html")
        self.assertEqual(self.browser.text("h1"), "1,000 photographs & <more>")
        self.browser.set("#search", "onerror")
        self.assertEqual(self.names(), ["<img src=x onerror=\"document.title='broken in'\">.jpg"])
        self.assertNotEqual(self.browser.run("return document.title"), "broken in")
        self.assertEqual(self.browser.run("return document.querySelectorAll('[onerror]').length"), 0)

    def test_fits_a_phone_in_the_dark_theme(self):
        self.browser.appear(390, 844, "dark", phone=True)
        self.open("folder/index.html")
        self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), 390)
        self.browser.wait("return document.querySelector('#list img').complete")
        self.screenshot("index-phone")


if __name__ == "__main__":
    main()
