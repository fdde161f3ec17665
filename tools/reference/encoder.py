"""The encoders, one function per family.

`weights(name, shape)` returns a tensor by its name, which is torchvision's except for EfficientNet-Lite0.
Every function is a generator that yields (names of the layer, output) from the first layer on; `encode` stops
at the chosen layer.
"""

import math

import torch.nn.functional as F


class Layers:
    """Convolutions with batch norms and activation."""

    def __init__(self, weights, folded, activation):
        self.weights = weights
        self.folded = folded
        self.activate = F.relu6 if activation == "relu6" else F.relu

    def convolution(self, x, path, norm, out, kernel, stride=1, dilation=1, groups=1,
                    biased=False):
        """A convolution and its batch norm; `norm` is None if it has none.

        biased: it has a bias although a batch norm follows, as in torchvision's VGG.
        """
        has_norm = norm is not None and not self.folded
        weight = self.weights(path + ".weight", (out, x.shape[1] // groups, kernel, kernel))
        bias = self.weights(path + ".bias", (out,)) if biased or not has_norm else None
        x = F.conv2d(x, weight, bias, stride, dilation * (kernel // 2), dilation, groups)
        if has_norm:
            mean = self.weights(norm + ".running_mean", (out,))
            variance = self.weights(norm + ".running_var", (out,))
            gain = self.weights(norm + ".weight", (out,))
            shift = self.weights(norm + ".bias", (out,))
            x = F.batch_norm(x, mean, variance, gain, shift, training=False, eps=1e-5)
        return x


def mobilenet_v2(layers, x, dilated):
    def activated(x, path, *shape, **more):
        return layers.activate(layers.convolution(x, path + ".0", path + ".1", *shape, **more))

    x = activated(x, "features.0", 32, 3, 2)
    yield ["features.0"], x
    runs = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
            (6, 160, 3, 2), (6, 320, 1, 1)]
    index = 1
    dilation = 1
    for expansion, out, blocks, first_stride in runs:
        for block in range(blocks):
            path = f"features.{index}"
            stride = first_stride if block == 0 else 1
            next_dilation = dilation
            if dilated and out == 160 and block == 0:
                stride, next_dilation = 1, 2
            before, wide, i = x, x.shape[1] * expansion, 0
            if expansion != 1:
                x = activated(x, f"{path}.conv.{i}", wide, 1)
                i += 1
            x = activated(x, f"{path}.conv.{i}", wide, 3, stride, dilation, groups=wide)
            x = layers.convolution(x, f"{path}.conv.{i + 1}", f"{path}.conv.{i + 2}", out, 1)
            if stride == 1 and before.shape[1] == out:
                x = x + before
            dilation = next_dilation
            yield [path], x
            index += 1
    yield ["features.18"], activated(x, "features.18", 1280, 1)


def same_padding(x, kernel, stride, dilation):
    """TensorFlow's "same" padding: n cells become ceil(n / stride); an odd zero is added at the bottom or right."""
    pads = []
    for n in (x.shape[3], x.shape[2]):
        reach = (math.ceil(n / stride) - 1) * stride + dilation * (kernel - 1) + 1
        total = max(reach - n, 0)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads)


def efficientnet_lite0(layers, x, dilated):
    def convolution(x, path, out, kernel, stride=1, dilation=1, groups=1):
        weight = layers.weights(path + ".weight", (out, x.shape[1] // groups, kernel, kernel))
        bias = layers.weights(path + ".bias", (out,))
        x = same_padding(x, kernel, stride, dilation)
        return F.conv2d(x, weight, bias, stride, 0, dilation, groups)

    x = layers.activate(convolution(x, "stem", 32, 3, 2))
    yield ["stem"], x
    # kernel, stride, expansion, channels of each block
    blocks = [(3, 1, 1, 16), (3, 2, 6, 24), (3, 1, 6, 24), (5, 2, 6, 40), (5, 1, 6, 40),
              (3, 2, 6, 80), (3, 1, 6, 80), (3, 1, 6, 80), (5, 1, 6, 112), (5, 1, 6, 112),
              (5, 1, 6, 112), (5, 2, 6, 192), (5, 1, 6, 192), (5, 1, 6, 192), (5, 1, 6, 192),
              (3, 1, 6, 320)]
    dilation = 1
    for index, (kernel, stride, expansion, out) in enumerate(blocks):
        path, before, wide = f"blocks.{index}", x, x.shape[1] * expansion
        spread = dilated and index == 11
        if spread:
            stride = 1
        if expansion != 1:
            x = layers.activate(convolution(x, path + ".expand", wide, 1))
        x = layers.activate(convolution(x, path + ".depthwise", wide, kernel, stride, dilation,
                                        groups=wide))
        x = convolution(x, path + ".project", out, 1)
        if stride == 1 and before.shape[1] == out:
            x = x + before
        if spread:
            dilation = 2
        yield [path], x
    yield ["head"], layers.activate(convolution(x, "head", 1280, 1))


def vgg(layers, x, depth, batch_norm):
    blocks = {16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}[depth]
    index = 0
    for block, (convolutions, out) in enumerate(zip(blocks, (64, 128, 256, 512, 512))):
        for i in range(convolutions):
            path = f"features.{index}"
            norm = f"features.{index + 1}" if batch_norm else None
            x = layers.activate(layers.convolution(x, path, norm, out, 3, biased=True))
            index += 3 if batch_norm else 2
            yield [path, f"features.{index - 1}", f"conv{block + 1}_{i + 1}"], x
        x = F.max_pool2d(x, 2)
        yield [f"features.{index}"], x
        index += 1


def resnet(layers, x, depth, dilated):
    blocks = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}[depth]
    bottleneck = depth >= 50
    x = layers.activate(layers.convolution(x, "conv1", "bn1", 64, 7, 2))
    yield ["relu"], x
    x = F.max_pool2d(x, 3, 2, 1)
    yield ["maxpool"], x
    for layer, count in enumerate(blocks):
        width = 64 * 2**layer
        out = 4 * width if bottleneck else width
        spread = dilated and layer == 3
        for block in range(count):
            path = f"layer{layer + 1}.{block}"
            stride = 2 if block == 0 and layer > 0 and not spread else 1
            dilation = 2 if spread and block > 0 else 1
            later = 2 if spread else 1

            def conv(x, n, *shape):
                return layers.convolution(x, f"{path}.conv{n}", f"{path}.bn{n}", *shape)

            if bottleneck:
                y = layers.activate(conv(x, 1, width, 1))
                y = layers.activate(conv(y, 2, width, 3, stride, dilation))
                y = conv(y, 3, out, 1)
            else:
                y = layers.activate(conv(x, 1, width, 3, stride, dilation))
                y = conv(y, 2, width, 3, 1, later)
            if block == 0 and (layer > 0 or x.shape[1] != out):
                x = layers.convolution(x, path + ".downsample.0", path + ".downsample.1", out, 1,
                                       stride)
            x = layers.activate(y + x)
            yield [path] + ([f"layer{layer + 1}"] if block == count - 1 else []), x


def default_layer(architecture):
    """The last convolutional stage; for VGG, the last convolution before the last pooling."""
    if architecture == "mobilenet_v2":
        return "features.18"
    if architecture == "efficientnet_lite0":
        return "head"
    if architecture.startswith("resnet"):
        return "layer4"
    return {"vgg16": "conv5_3", "vgg16_bn": "conv5_3"}.get(architecture, "conv5_4")


def annotations(config, weights, pixels):
    """Annotations (B×D×rows×columns) of pixels (B×3×S×S).

    config: section "encoder" of a bundle's config.json.
    """
    architecture, dilated = config["architecture"], config["dilated"]
    layers = Layers(weights, config["folded"], config["activation"])
    if architecture == "mobilenet_v2":
        outputs = mobilenet_v2(layers, pixels, dilated)
    elif architecture == "efficientnet_lite0":
        outputs = efficientnet_lite0(layers, pixels, dilated)
    elif architecture.startswith("vgg"):
        outputs = vgg(layers, pixels, int(architecture[3:5]), architecture.endswith("_bn"))
    else:
        outputs = resnet(layers, pixels, int(architecture[6:]), dilated)
    layer = config["layer"] or default_layer(architecture)
    for names, x in outputs:
        if layer in names:
            return x
    raise ValueError(f"{architecture} has no layer {layer}")


def encode(config, weights, pixels):
    """Annotations of pixels (1×3×S×S): an L×D tensor and the grid (rows, columns)."""
    x = annotations(config, weights, pixels)
    rows, columns = x.shape[2:]
    return x[0].reshape(x.shape[1], rows * columns).T, (rows, columns)
