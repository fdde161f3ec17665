#pragma once

#include <memory>

#include "saccade/caption/captioner.h"
#include "saccade/explain/diagnose/verdict_model.h"
#include "saccade/explain/diagnose/word_analyzer.h"
#include "saccade/text/wordnet/word_kinds.h"

#include "http_server.h"

namespace saccade::app {

/// Answers POST /v1/explain, /v1/diagnose and /v1/score. The parameter `hide` of all three,
/// x0,y0,x1,y1 in fractions of the image, replaces a rectangle by the mean color before the model
/// sees it. Const and safe to share between threads; every member throws RequestError.
class Explainer {
 public:
  /// @param captioner  must outlive this object.
  /// @param kinds      of the words of its vocabulary; null: no word has a kind
  Explainer(const Captioner& captioner, std::shared_ptr<const WordKinds> kinds,
            VerdictModel verdicts);

  /// The caption, or the sentence `caption`, with maps and alternatives, and with verdicts=true the
  /// verdict on every word: as JSON, as a self-contained page (format=page) or as a figure
  /// (format=figure).
  HttpResponse explain(HttpRequest& request) const;
  /// The verdict on every word, as `saccade diagnose --json`.
  HttpResponse diagnose(HttpRequest& request) const;
  /// log p of the sentence `caption`, as `saccade score --json`.
  HttpResponse score(HttpRequest& request) const;

 private:
  const Captioner& captioner_;
  const VerdictModel verdicts_;
  const WordAnalyzer analyzer_;
};

}  // namespace saccade::app
