"""Counts the test cases of a ctest run, for tools/test.sh.

    test_counts.py FOLDER

FOLDER holds ctest.junit with the results of the ctest tests, and NAME.xml with the results of the cases of a
test, if it writes them. Prints the failures and finally "N passed, N failed, N skipped". A test that fails
without a failed case, such as a crash, counts as one failure.
"""

import pathlib
import sys
import xml.etree.ElementTree as xml


def cases(path):
    """(number of cases, names of failed cases, number of skipped cases) from the report of one test."""
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
        except (OSError, xml.ParseError):  # no report
            of_it, bad, left_out = 1, [], int(status in ("disabled", "notrun"))
        if status == "fail" and not bad:
            bad = ["failed without a failed case"]
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
