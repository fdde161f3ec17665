"""Checks the includes between the modules of lib/saccade against the arrows that are allowed.

    check_modules.py [FOLDER]     FOLDER: the repository, by default that of this script

A module is a folder of lib/saccade. Prints every include that no arrow below allows, every arrow that no include
uses, and every type that two headers define (two definitions of one name are undefined behavior), and exits with 1
if there is one.
"""

import pathlib
import re
import sys

# module: the modules that it may include. Read from top to bottom: no module includes one listed later.
ARROWS = {
    "io": "",
    "image": "io",
    "text": "io",
    "text/wordnet": "io text",
    "data": "image io text text/wordnet",
    "metrics": "io text text/wordnet",
    "model": "image io",
    "model/encoder/backbones": "model",
    "model/encoder": "io model model/encoder/backbones",
    "model/decoder": "model",
    "model/checkpoint": "io model/encoder",
    "model/bundle": "io model model/checkpoint model/decoder model/encoder text",
    "search": "model model/decoder text",
    "caption": "image io model model/bundle model/decoder search text",
    "explain/maps": "caption image io model/bundle model/decoder model/encoder search text",
    "explain/figure": "caption explain/maps image io",
    "explain/diagnose": "caption data explain/maps image io model/bundle search text text/wordnet",
    "explain/page": "caption explain/diagnose explain/figure explain/maps image io",
    "explain/health": "caption data explain/figure explain/maps image io model/bundle text",
    "explain": "caption explain/figure explain/maps explain/page image io",
    "batch": "caption image io model",
    "serve": "io",
    "evaluate": "batch caption data explain/diagnose explain/health image io metrics model/bundle text text/wordnet",
    "training": "caption data evaluate image io metrics model model/bundle model/checkpoint model/decoder"
    " model/encoder search text text/wordnet",
}

INCLUDE = re.compile(r'^#include "saccade/([^"]+)/[^/"]+"', re.MULTILINE)
TYPE = re.compile(r"^(?:struct|class|enum class|enum) (\w+)[^;]*?\{", re.MULTILINE)


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    library = root / "lib" / "saccade"
    allowed = {(module, other) for module, others in ARROWS.items() for other in others.split()}
    order = list(ARROWS)
    problems = [f"{module} is listed before {other}, which it may include"
                for module, other in sorted(allowed) if order.index(other) > order.index(module)]
    used, types = set(), {}
    for path in sorted(library.rglob("*")):
        if path.suffix not in (".h", ".cpp", ".in") or path.parent == library:
            continue
        module = str(path.parent.relative_to(library))
        if module not in ARROWS:
            problems.append(f"{path.relative_to(root)}: module {module} is not listed in tools/check_modules.py")
            continue
        text = path.read_text(encoding="utf-8")
        for name in TYPE.findall(text) if path.suffix == ".h" else ():
            other = types.setdefault(name, path.relative_to(root))
            if other != path.relative_to(root):
                problems.append(f"{path.relative_to(root)} and {other} both define {name}; rename one")
        for other in INCLUDE.findall(text):
            used.add((module, other))
            if other != module and (module, other) not in allowed:
                problems.append(f"{path.relative_to(root)} includes {other}: {module} may not")
    problems += [f"{module} may include {other} but does not; remove the arrow"
                 for module, other in sorted(allowed - used)]
    for problem in problems:
        print(problem)
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
