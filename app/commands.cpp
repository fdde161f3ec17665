#include "command.h"
#include "options/options.h"

namespace saccade::app {

const std::vector<Command>& commands() {
  static const std::vector<Command> kCommands{
      {"caption", "", "caption photographs", caption_command, check_caption},
      {"batch", "", "caption every photograph of a folder or a list, into a file", batch_command,
       check_batch},
      {"heatmap", "", "show word by word where the model looked", heatmap_command, check_heatmap},
      {"score", "", "say how likely a given sentence is, word by word", score_command, check_score},
      {"diagnose", "", "say which words of a caption were seen and which are doubtful",
       diagnose_command, check_diagnose},
      {"train", "", "train a model on captioned photographs", train_command, check_train},
      {"evaluate", "", "caption a split of a data set and score it", evaluate_command,
       check_evaluate},
      {"metrics", "", "score any captions: BLEU, ROUGE-L, CIDEr-D, METEOR-wn", metrics_command,
       check_metrics},
      {"phrases", "", "say where in photographs is what captions name, from labelled boxes",
       phrases_command, check_phrases},
      {"model inspect", "DIR|FILE", "what a model is made of; --json for programs",
       model_inspect_command, check_model_inspect},
      {"model verify", "DIR", "whether a model is sound", model_verify_command, check_model_verify},
      {"model import-encoder", "FILE", "an encoder's weights from torchvision",
       model_import_encoder_command, check_model_import_encoder},
      {"model average", "DIR…", "one model of the mean weights of several", model_average_command,
       check_model_average},
      {"model health", "DIR", "what a model's attention does over many photographs",
       model_health_command, check_model_health},
      {"model calibrate", "DIR", "fit how sure a model is to what people accept",
       model_calibrate_command, check_model_calibrate},
      {"model fit-verdicts", "DIR", "fit the verdicts of `saccade diagnose` to a model",
       model_fit_verdicts_command, check_model_fit_verdicts},
      {"doctor", "", "what this machine makes of the program, and what to change", doctor_command,
       check_doctor},
  };
  return kCommands;
}

}  // namespace saccade::app
