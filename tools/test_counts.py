"""Counts the test cases of a run of ctest, for tools/test.sh.

    test_counts.py FOLDER

FOLDER holds ctest.junit, in which ctest says how each of its tests ended, and NAME.xml for those of them that
say how each of their own cases ended. Prints what failed and, last, "N passed, N failed, N skipped". A test
that ended badly without saying which case it was, as in a crash, counts as one that failed.
"""

import pathlib
import sys
import xml.etree.ElementTree as xml


def cases(path):
    """(cases, names of those that failed, skipped) of one test's own report."""
    root = xml.parse(path).getroot()
    failed, skipped = [], int(root.get("disabled", 0))
    for case in root.iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(f"{case.get('classname')}.{case.get('name')}")
        elif case.get("result") == "skipped" or case.find("skipped") is not None:
            skipped += 1
    return int(root.get("tests")), failed, skipped


def count(folder):
    passed = skipped = 0
    failed = []
    for test in xml.parse(folder / "ctest.junit").getroot().iter("testcase"):
        name, status = test.get("name"), test.get("status")
        try:
            of_it, bad, left_out = cases(folder / f"{name}.xml")
        except (OSError, xml.ParseError):  # it makes no report, or did not come to it
            of_it, bad, left_out = 1, [], int(status in ("disabled", "notrun"))
        if status == "fail" and not bad:
            bad = ["ended badly"]
            of_it = max(of_it, 1)
        passed += max(of_it - len(bad) - left_out, 0)
        skipped += left_out
        failed += [f"{name}: {case}" for case in bad]
    return passed, failed, skipped


def main():
    passed, failed, skipped = count(pathlib.Path(sys.argv[1]))
    for line in failed:
        print(f"failed: {line}")
    print(f"{passed} passed, {len(failed)} failed, {skipped} skipped")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
