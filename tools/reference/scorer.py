#!/usr/bin/env python3
"""BLEU, ROUGE-L and CIDEr-D, implemented from their definitions.

    tools/reference/scorer.py FILE.jsonl     compares with the scores recorded in the file

A second implementation in plain Python, to check the program. Each line of the file is a corpus:
{"name", "pairs": [{"hyp", "refs"}], "bleu", "rouge_l", "cider", "per_pair": {"bleu", "rouge_l", "cider"}}.
Words are separated by spaces.
"""

import argparse
import collections
import json
import math
import sys

ORDERS = (1, 2, 3, 4)
# The COCO caption scorer adds these to counts, so that no factor is zero.
TINY, SMALL = 1e-15, 1e-9
BETA = 1.2   # ROUGE-L: weight of recall against precision
SIGMA = 6.0  # CIDEr-D: standard deviation of the length difference, in bigrams


def ngrams(words, n):
    return collections.Counter(tuple(words[i:i + n]) for i in range(len(words) - n + 1))


def bleu(pairs):
    """BLEU-1 to BLEU-4 of (hypothesis, references) pairs as one corpus."""
    matched, total = dict.fromkeys(ORDERS, 0), dict.fromkeys(ORDERS, 0)
    length = reference_length = 0
    for hypothesis, references in pairs:
        length += len(hypothesis)
        reference_length += min((abs(len(r) - len(hypothesis)), len(r)) for r in references)[1]
        for n in ORDERS:
            counts = ngrams(hypothesis, n)
            total[n] += sum(counts.values())
            for gram, count in counts.items():
                matched[n] += min(count, max(ngrams(r, n)[gram] for r in references))
    ratio = (length + TINY) / (reference_length + SMALL)
    penalty = math.exp(1 - 1 / ratio) if ratio < 1 else 1.0
    scores, product = [], 1.0
    for n in ORDERS:
        product *= (matched[n] + TINY) / (total[n] + SMALL)
        scores.append(penalty * product ** (1 / n))
    return scores


def longest_common_subsequence(a, b):
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            table[i + 1][j + 1] = (table[i][j] + 1 if x == y
                                   else max(table[i][j + 1], table[i + 1][j]))
    return table[-1][-1]


def rouge_l(hypothesis, references):
    """ROUGE-L with the maximum precision and the maximum recall over all references."""
    if not hypothesis:
        return 0.0
    common = [longest_common_subsequence(hypothesis, r) for r in references]
    precision = max(c / len(hypothesis) for c in common)
    recall = max(c / len(r) for c, r in zip(common, references))
    if precision == 0 or recall == 0:
        return 0.0
    return (1 + BETA**2) * precision * recall / (recall + BETA**2 * precision)


def cider_d(pairs):
    """CIDEr-D of every pair, with document frequencies from the references of all pairs."""
    frequency = collections.Counter()
    for _, references in pairs:
        frequency.update({g for r in references for n in ORDERS for g in ngrams(r, n)})
    images = math.log(len(pairs))

    def vector(words, n):
        return {gram: count * (images - math.log(max(1, frequency[gram])))
                for gram, count in ngrams(words, n).items()}

    def norm(of):
        return math.sqrt(sum(x * x for x in of.values()))

    scores = []
    for hypothesis, references in pairs:
        total = 0.0
        for reference in references:
            # Lengths are counted in bigrams, as in the COCO caption scorer.
            difference = max(0, len(hypothesis) - 1) - max(0, len(reference) - 1)
            for n in ORDERS:
                h, r = vector(hypothesis, n), vector(reference, n)
                if norm(h) == 0 or norm(r) == 0:
                    continue
                clipped = sum(min(h[g], r[g]) * r[g] for g in h if g in r)
                total += (clipped / (norm(h) * norm(r))
                          * math.exp(-difference**2 / (2 * SIGMA**2)) / len(ORDERS))
        scores.append(10 * total / len(references))
    return scores


def score(pairs):
    """All scores, in the format of the file."""
    words = [(p["hyp"].split(), [r.split() for r in p["refs"]]) for p in pairs]
    rouge = [rouge_l(h, r) for h, r in words]
    cider = cider_d(words)
    each = [bleu([pair]) for pair in words]
    return {"bleu": bleu(words), "rouge_l": sum(rouge) / len(rouge),
            "cider": sum(cider) / len(cider),
            "per_pair": {"bleu": [list(order) for order in zip(*each)], "rouge_l": rouge,
                         "cider": cider}}


def largest_difference(a, b):
    if isinstance(a, dict):
        return max(largest_difference(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return max((largest_difference(x, y) for x, y in zip(a, b)), default=0.0)
    return abs(a - b)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    worst = 0.0
    with open(parser.parse_args().file, encoding="utf-8") as file:
        for line in file:
            corpus = json.loads(line)
            difference = largest_difference(score(corpus["pairs"]), corpus)
            print(f"{corpus['name']}: {len(corpus['pairs'])} captions, "
                  f"largest difference {difference:.1e}")
            worst = max(worst, difference)
    if worst > 1e-6:
        sys.exit("scorer.py: the scores differ by more than 1e-6")


if __name__ == "__main__":
    main()
