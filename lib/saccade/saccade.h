#pragma once

// The public interface. Letters in comments are those of Xu et al. 2015; model/features.h lists
// them. Objects are const after loading and safe to share between threads. A wrong argument throws
// std::invalid_argument, a bad file or model std::runtime_error, with one sentence that names it.

#include "saccade/batch/pipeline.h"                  // many files, with bounded memory
#include "saccade/caption/captioner.h"               // images in, captions with maps out
#include "saccade/caption/forced_decoding.h"         // log p of a given sentence
#include "saccade/evaluate/evaluation.h"             // captions against references: the metrics
#include "saccade/explain/diagnose/verdict_model.h"  // a verdict per word
#include "saccade/explain/diagnose/word_analyzer.h"  // the evidence behind it
#include "saccade/explain/heatmap_files.h"           // overlays, figures, animation, page
#include "saccade/explain/maps/word_maps.h"          // saliency, occlusion and posterior maps
#include "saccade/image/image.h"                     // reading images
#include "saccade/image/prepare.h"                   // resizing and normalization
#include "saccade/training/trainer.h"                // training runs
