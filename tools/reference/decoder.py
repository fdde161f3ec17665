"""The decoder for one image, one word at a time (Xu et al. 2015, section 3.1).

Shapes: L cells, D features, E embedding, H hidden, A attention, V vocabulary.
"""

import torch


class Decoder:
    """config: section "decoder" of a bundle's config.json; weights(name, shape) returns tensors."""

    def __init__(self, config, weights):
        self.config = config
        self.source = weights
        self.features = config["features"]
        self.width = config["projection"] or config["features"]  # D of the attended annotations
        self.E, self.H = config["embedding"], config["hidden"]
        self.A, self.V = config["attention"], config["vocabulary"]
        self.sees_each_step = config["context"] != "once"
        self.embedding = self.weight("embedding.weight", self.V, self.E)

    def weight(self, name, *shape):
        return self.source("decoder." + name, shape)

    def affine(self, name, x, out, bias=True):
        """W x + b for a vector, or for each row of a matrix."""
        y = x @ self.weight(name + ".weight", out, x.shape[-1]).T
        return y + self.weight(name + ".bias", out) if bias else y

    def start(self, features):
        """Returns the constants of the image (from the encoder's L×D features), h and c."""
        a = features
        if self.config["projection"] > 0:
            a = torch.relu(self.affine("projection", a, self.width))
        keys = None
        if self.config["context"] == "attention":
            if self.config["score"] == "additive":
                keys = self.affine("attention.annotation", a, self.A)
            elif self.config["score"] == "general":
                keys = self.affine("attention.annotation", a, self.H)
            else:
                keys = a
        mean = a.mean(0)
        h = torch.tanh(self.affine("initial_hidden", mean, self.H))
        c = torch.tanh(self.affine("initial_cell", mean, self.H))
        return {"a": a, "keys": keys}, h, c

    def attend(self, image, h):
        """α: L weights that sum to 1."""
        cells = image["a"].shape[0]
        if self.config["context"] != "attention":
            return torch.full((cells,), 1 / cells)
        if self.config["score"] == "additive":
            query = self.affine("attention.hidden", h, self.A, bias=False)
            tanh = torch.tanh(image["keys"] + query)
            e = self.affine("attention.score", tanh, 1, bias=False)[:, 0]
        else:
            e = image["keys"] @ h
        return torch.softmax(e, 0)

    def gate(self, h):
        """β: one value, or one per feature."""
        if not self.sees_each_step or self.config["gate"] == "none":
            return torch.ones(1)
        return torch.sigmoid(
            self.affine("gate", h, 1 if self.config["gate"] == "scalar" else self.width))

    def step(self, image, h, c, word, glimpse):
        """One step. glimpse: "expected" or "argmax". Returns logits, α, β, h, c."""
        y = self.embedding[word]
        alpha = self.attend(image, h)
        beta = self.gate(h)
        gates = self.affine("lstm.input", y, 4 * self.H)
        gates = gates + self.affine("lstm.hidden", h, 4 * self.H, bias=False)
        if self.sees_each_step:
            if glimpse == "argmax" and self.config["context"] == "attention":
                z = beta * image["a"][alpha.argmax()]
            else:
                z = beta * (alpha[:, None] * image["a"]).sum(0)
            gates = gates + self.affine("lstm.context", z, 4 * self.H, bias=False)
        i, f, g, o = gates.reshape(4, self.H)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)

        u = y + self.affine("output_hidden", h, self.E)
        if self.sees_each_step:
            u = u + self.affine("output_context", z, self.E, bias=False)
        if self.config["output_tanh"]:
            u = torch.tanh(u)
        table = self.embedding if self.config["tied"] else self.weight("output.weight", self.V, self.E)
        logits = u @ table.T + self.weight("output_bias", self.V)
        return logits, alpha, float(beta.mean()), h, c
