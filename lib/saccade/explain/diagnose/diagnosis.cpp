#include "saccade/explain/diagnose/diagnosis.h"

#include <stdexcept>

namespace saccade {

const char* to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::seen:
      return "seen";
    case Verdict::language_prior:
      return "language prior";
    case Verdict::misrecognised:
      return "misrecognised";
    case Verdict::unsure:
      return "unsure";
  }
  throw std::invalid_argument("a value outside its enumeration");
}

}  // namespace saccade
