#include "command.h"
#include "options/options.h"

namespace saccade::app {

const std::vector<Command>& commands() {
  static const std::vector<Command> kCommands{
      {"caption", "", "print captions of images", caption_command, check_caption},
      {"batch", "", "caption every image of a folder or list, into a file", batch_command,
       check_batch},
      {"heatmap", "", "show, word by word, where the model looked", heatmap_command, check_heatmap},
      {"score", "", "score a given sentence, word by word", score_command, check_score},
      {"diagnose", "", "test which words of a caption come from the image", diagnose_command,
       check_diagnose},
      {"train", "", "train a model on captioned images", train_command, check_train},
      {"evaluate", "", "caption a split of a data set and score it", evaluate_command,
       check_evaluate},
      {"metrics", "", "score captions: BLEU, ROUGE-L, CIDEr-D, METEOR-wn", metrics_command,
       check_metrics},
      {"phrases", "", "link words of captions to labelled boxes", phrases_command, check_phrases},
      {"model inspect", "MODEL|FILE", "show what a model contains", model_inspect_command,
       check_model_inspect},
      {"model verify", "MODEL", "check that a model is valid", model_verify_command,
       check_model_verify},
      {"model import-encoder", "FILE", "convert an encoder's pretrained weights",
       model_import_encoder_command, check_model_import_encoder},
      {"model average", "MODEL…", "average the weights of several models", model_average_command,
       check_model_average},
      {"model health", "MODEL", "measure a model's attention over many images",
       model_health_command, check_model_health},
      {"model calibrate", "MODEL", "fit a model's confidence to human captions",
       model_calibrate_command, check_model_calibrate},
      {"model fit-verdicts", "MODEL", "fit the verdicts of `saccade diagnose` to a model",
       model_fit_verdicts_command, check_model_fit_verdicts},
      {"doctor", "", "report what this machine offers and what to improve", doctor_command,
       check_doctor},
  };
  return kCommands;
}

}  // namespace saccade::app
