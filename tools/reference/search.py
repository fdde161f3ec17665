"""Plain greedy and beam search for one image."""

import torch

PAD, START, END, UNKNOWN = 0, 1, 2, 3


def log_probabilities(logits, length, min_length, ban_unknown):
    """The model's log p, with -inf for words that may not come next."""
    log_p = torch.log_softmax(logits, 0)
    log_p[PAD] = log_p[START] = -torch.inf
    if ban_unknown:
        log_p[UNKNOWN] = -torch.inf
    if length < min_length:
        log_p[END] = -torch.inf
    return log_p


def normalized(log_prob, words, length_penalty):
    return log_prob / max(words, 1) ** length_penalty


def beam_search(decoder, features, beam=3, length_penalty=0.0, max_length=30, min_length=1,
                ban_unknown=True, glimpse="expected"):
    """The best caption: {"ids", "log_p", "alphas", "gates", "log_prob", "score", "finished"}.

    Every step ranks all continuations of the open hypotheses by log p. Of the best `beam`, those with
    the end word are finished. The best `beam` without it stay open. An open hypothesis is pruned if it
    cannot overtake the best finished one even if all its further words had probability 1. Hypotheses
    that are open after max_length words count only if none has finished. With beam 1 this is greedy
    search.
    """
    image, h, c = decoder.start(features)
    beams = [{"ids": [], "log_p": [], "alphas": [], "gates": [], "log_prob": 0.0, "h": h, "c": c}]
    best = None
    for length in range(max_length + 1):
        continuations = []
        for parent, one in enumerate(beams):
            word = one["ids"][-1] if one["ids"] else START
            logits, alpha, gate, h, c = decoder.step(image, one["h"], one["c"], word, glimpse)
            log_p = log_probabilities(logits, length, min_length, ban_unknown)
            for value, next_word in zip(*(x.tolist() for x in log_p.topk(min(beam + 1, len(log_p))))):
                if value > -torch.inf:
                    continuations.append((one["log_prob"] + value, -parent, -next_word, value,
                                          alpha, gate, h, c))
        continuations.sort(key=lambda item: item[:3], reverse=True)

        still_open = []
        for rank, (log_prob, parent, word, value, alpha, gate, h, c) in enumerate(continuations):
            one, word = beams[-parent], -word
            if word == END:
                score = normalized(log_prob, length + 1, length_penalty)
                if rank < beam and (best is None or score > best["score"]):
                    best = dict(one, log_prob=log_prob, score=score, finished=True)
            elif length < max_length and len(still_open) < beam:
                still_open.append({"ids": one["ids"] + [word], "log_p": one["log_p"] + [value],
                                   "alphas": one["alphas"] + [alpha],
                                   "gates": one["gates"] + [gate],
                                   "log_prob": log_prob, "h": h, "c": c})
            if beam == 1 and word == END and rank == 0:
                still_open = []
                break
        if best is None and not still_open:
            one = beams[0]
            return dict(one, score=normalized(one["log_prob"], length, length_penalty),
                        finished=False)
        beams = still_open
        if best is not None:
            beams = [one for one in beams
                     if normalized(one["log_prob"], max_length + 1, length_penalty) > best["score"]]
        if not beams:
            return best
    return best
