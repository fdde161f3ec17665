#include "caption_lane.h"

#include <cstring>
#include <exception>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "saccade/image/prepare.h"
#include "saccade/io/error_text.h"
#include "saccade/model/bundle/bundle.h"
#include "saccade/model/device.h"

#include "process.h"
#include "result_json.h"

namespace saccade::app {
namespace {

using Clock = std::chrono::steady_clock;

// Limits that keep the time of a request short.
constexpr std::int64_t kWidestRequest = 10;  // beam
constexpr std::int64_t kLongestCaption = 50;

}  // namespace

struct CaptionLane::Job {
  std::shared_ptr<HttpExchange> exchange;
  const CaptionForm* form = nullptr;
  Clock::time_point deadline;
  // Once prepared:
  ImageRequest request;
  CaptionRequest wanted;
  std::string options;  // as text, for comparison
  std::vector<float> pixels;
  Placement placement;

  bool stale() const { return exchange->gone() || Clock::now() > deadline; }
};

CaptionRequest read_caption_parameters(ParameterReader& parameters, const Captioner& captioner) {
  CaptionRequest request{options_of(captioner.bundle().decoding), 0};
  BeamSearchOptions& search = request.options.search;
  WordConstraints& words = search.constraints;
  search.beam = parameters.integer("beam", 1, kWidestRequest, search.beam);
  search.n_best = parameters.integer("n_best", 1, search.beam, 1);
  search.length_penalty = parameters.number("length_penalty", 0, 10, search.length_penalty);
  search.alternatives = kListedAlternatives;
  words.max_length = parameters.integer("max_length", 1, kLongestCaption, words.max_length);
  words.min_length = parameters.integer("min_length", 0, words.max_length, words.min_length);
  words.no_repeat_ngram =
      parameters.integer("no_repeat_ngram", 0, kLongestCaption, words.no_repeat_ngram);
  words.repeat_penalty = parameters.number("repeat_penalty", 0, 100, words.repeat_penalty);
  request.min_confidence = parameters.number("min_confidence", 0, 1, 0);
  if (request.min_confidence > 0 && !captioner.calibration()) {
    throw RequestError(400, "bad_parameter",
                       "the parameter \"min_confidence\" needs a model with a calibration");
  }
  return request;
}

Image decode_request(const ImageRequest& request, const InputConfig* input) {
  LoadOptions options;
  options.for_input = input;
  try {
    return decode_image({request.image.begin(), request.image.end()}, request.name, options);
  } catch (const std::exception& error) {
    throw RequestError(422, "bad_image", error_text(error, request.name));
  }
}

CaptionLane::CaptionLane(const Captioner& captioner, const LaneOptions& options,
                         ServerMetrics& metrics)
    : captioner_(captioner),
      options_(options),
      metrics_(metrics),
      operator_threads_(at::get_num_threads()),
      arrived_(
          {options.queue, 1, std::chrono::milliseconds(0), nullptr},
          [](const auto&, const auto&) { return false; },
          [](const auto& job) { return job->stale(); }),
      prepared_(
          {2 * options.batch_size, options.batch_size, options.wait,
           [this] { return arriving_ > 0; }},
          [](const auto& a, const auto& b) { return a->options == b->options; },
          [](const auto& job) { return job->stale(); }) {
  for (std::int64_t i = 0; i < available_processors(); ++i) {
    preparing_.emplace_back([this] { prepare_all(); });
  }
  for (std::int64_t i = 0; i < captioner.workers(); ++i) {
    captioning_.emplace_back([this] { caption_all(); });
  }
}

CaptionLane::~CaptionLane() {
  arrived_.close();
  for (std::thread& thread : preparing_) thread.join();
  prepared_.close();
  for (std::thread& thread : captioning_) thread.join();
}

void CaptionLane::add(std::shared_ptr<HttpExchange> exchange, const CaptionForm& form) {
  auto job = std::make_unique<Job>();
  job->exchange = std::move(exchange);
  job->form = &form;
  job->deadline = Clock::now() + options_.time;
  ++arriving_;
  if (arrived_.push(job)) return;
  --arriving_;
  throw busy_error(metrics_);
}

void CaptionLane::drop(const Jobs& stale) const {
  for (const auto& job : stale) respond_stale(*job->exchange, metrics_);
}

void CaptionLane::prepare_all() {
  while (!arrived_.ended()) {
    Jobs stale;
    Jobs taken = arrived_.take(stale);
    arriving_ -= stale.size();
    drop(stale);
    for (auto& job : taken) {
      try {
        prepare(*job);
      } catch (...) {
        --arriving_;
        respond_with_error(*job->exchange, metrics_);
        continue;
      }
      --arriving_;
      prepared_.push_wait(job);
    }
  }
}

void CaptionLane::prepare(Job& job) const {
  const InputConfig& input = captioner_.bundle().config.input;
  job.request = job.form->read(job.exchange->request);
  ParameterReader parameters(job.request.parameters);
  job.wanted = read_caption_parameters(parameters, captioner_);
  parameters.finish();
  const BeamSearchOptions& search = job.wanted.options.search;
  job.options = decoding_of(job.wanted.options).dump() + std::to_string(search.n_best) + ' ' +
                std::to_string(search.constraints.min_length);
  const Image image = decode_request(job.request, &input);
  job.request.image = {};
  job.exchange->request.body = {};
  job.pixels.resize(std::size_t(3) * input.size * input.size);
  job.placement = prepare_into(image, input, job.pixels.data());
}

void CaptionLane::caption_all() {
  while (!prepared_.ended()) {
    Jobs stale;
    Jobs batch = prepared_.take(stale);
    drop(stale);
    if (batch.empty()) continue;
    // A batch alone may use all processors; several together are faster with one each.
    const bool alone = running_++ == 0 && arriving_ == 0 && prepared_.size() == 0;
    {
      const OperatorThreads threads(alone ? operator_threads_ : 1);
      caption_batch(batch);
    }
    --running_;
  }
}

void CaptionLane::caption_batch(Jobs& jobs) const {
  try {
    caption(jobs);
  } catch (...) {
    if (jobs.size() == 1) return respond_with_error(*jobs.front()->exchange, metrics_);
    // One of the images is the reason: caption each alone.
    for (auto& job : jobs) {
      Jobs one;
      one.push_back(std::move(job));
      caption_batch(one);
    }
  }
}

void CaptionLane::caption(Jobs& jobs) const {
  const std::int64_t S = captioner_.bundle().config.input.size;
  at::Tensor pixels = at::empty({std::int64_t(jobs.size()), 3, S, S});
  std::vector<Placement> placements;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto& own = jobs[i]->pixels;
    std::memcpy(pixels.data_ptr<float>() + i * own.size(), own.data(), own.size() * sizeof(float));
    placements.push_back(jobs[i]->placement);
  }
  const auto captions = captioner_.caption(pixels, placements, jobs.front()->wanted.options);
  metrics_.count_batch(jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const Job& job = *jobs[i];
    job.exchange->respond(job.form->write(job.request, captions[i], job.wanted.min_confidence));
  }
}

}  // namespace saccade::app
