#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "saccade/caption/captioner.h"
#include "saccade/image/image.h"
#include "saccade/serve/batch_queue.h"
#include "saccade/serve/request.h"

#include "lane.h"

namespace saccade::app {

/// What a request asks of a caption.
struct CaptionRequest {
  CaptionOptions options;
  double min_confidence = 0;
};

/// Reads the parameters beam, n_best, length_penalty, max_length, min_length, no_repeat_ngram,
/// repeat_penalty and min_confidence, with the bundle's options as defaults.
/// @throws RequestError 400 for a value out of range
CaptionRequest read_caption_parameters(ParameterReader& parameters, const Captioner& captioner);

/// Decodes the image of a request.
/// @param input  if given, the image may be reduced as far as this input allows
/// @throws RequestError 422 with the reason why it cannot be read
Image decode_request(const ImageRequest& request, const InputConfig* input = nullptr);

/// How an endpoint that captions reads a body and writes an answer. Called on the lane's threads.
struct CaptionForm {
  /// @throws RequestError
  std::function<ImageRequest(HttpRequest& request)> read;
  std::function<HttpResponse(const ImageRequest& request, const std::vector<Caption>& captions,
                             double min_confidence)>
      write;
};

/// Captions the images of many requests in shared batches: threads that read and decode, a queue,
/// and threads that run the model. A client that has gone or waited too long is dropped before its
/// image is decoded, and again before it joins a batch.
class CaptionLane {
 public:
  /// @param captioner, metrics  must outlive this object.
  CaptionLane(const Captioner& captioner, const LaneOptions& options, ServerMetrics& metrics);
  /// Answers the requests that wait.
  ~CaptionLane();
  CaptionLane(const CaptionLane&) = delete;
  CaptionLane& operator=(const CaptionLane&) = delete;

  /// @throws RequestError 503 if too many requests wait
  /// @param form  must outlive this object.
  void add(std::shared_ptr<HttpExchange> exchange, const CaptionForm& form);

  std::size_t waiting_to_prepare() const { return arrived_.size(); }
  std::size_t waiting_for_model() const { return prepared_.size(); }

 private:
  struct Job;
  using Jobs = std::vector<std::unique_ptr<Job>>;

  void prepare_all();
  void prepare(Job& job) const;
  void caption_all();
  void caption(Jobs& jobs) const;
  void caption_batch(Jobs& jobs) const;
  void drop(const Jobs& stale) const;

  const Captioner& captioner_;
  const LaneOptions options_;
  ServerMetrics& metrics_;
  const int operator_threads_;
  std::atomic<std::size_t> arriving_{0};  // requests that are not prepared yet
  std::atomic<std::size_t> running_{0};   // batches in the model
  BatchQueue<std::unique_ptr<Job>> arrived_, prepared_;
  std::vector<std::thread> preparing_, captioning_;
};

}  // namespace saccade::app
