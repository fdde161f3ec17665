#pragma once

#include <cstddef>
#include <string>

namespace saccade {

// English noun phrases. A noun is in lower case and may be a compound ("traffic light"), whose last
// word is inflected.

/// The plural of a singular noun: "cats", "knives", "people", "sheep", "traffic lights".
std::string plural(const std::string& noun);

/// The noun with "a" or "an", by its sound: "an apple", "an hour", "a uniform".
std::string with_article(const std::string& noun);

/// The largest count that `counted` distinguishes: six or more things are "several".
constexpr std::size_t kSeveral = 6;

/// A number of things as a noun phrase: "a cat", "two cats" … "five cats", "several cats". Nouns
/// that name pairs or have no number are "a pair of scissors", "two pairs of scissors" and "some
/// broccoli".
/// @param noun   singular, unless it has only a plural
/// @param count  0 counts as 1
std::string counted(const std::string& noun, std::size_t count);

}  // namespace saccade
