#include "mirror/core/progress_note.h"

#include <fmt/core.h>

#include "base/parse_number.h"

namespace kmirror::mirror {

namespace {

constexpr std::string_view kPrefix = "kmirror/1";

// The value of "key=value" among words separated by blanks.
std::optional<std::string_view> word_value(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::size_t blank = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, blank);
    text.remove_prefix(std::min(blank + 1, text.size()));
    if (word.size() > key.size() && word.substr(0, key.size()) == key && word[key.size()] == '=') {
      return word.substr(key.size() + 1);
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view mode_name(LaneMode mode) {
  return mode == LaneMode::kIdentity ? "identity" : "key";
}

std::string to_string(const ProgressNote& note) {
  std::string text =
      fmt::format("{} mode={} partitions={}", kPrefix, mode_name(note.mode), note.partitions);
  if (!note.topic_id.empty()) text += " topic=" + note.topic_id;
  return text;
}

std::optional<ProgressNote> parse_progress_note(std::string_view text) {
  if (text.substr(0, kPrefix.size() + 1) != fmt::format("{} ", kPrefix)) return std::nullopt;
  const auto mode = word_value(text, "mode");
  const auto partitions = word_value(text, "partitions");
  if (!mode || !partitions) return std::nullopt;
  ProgressNote note;
  if (*mode == mode_name(LaneMode::kKey)) {
    note.mode = LaneMode::kKey;
  } else if (*mode != mode_name(LaneMode::kIdentity)) {
    return std::nullopt;
  }
  note.partitions = parse_number<std::int32_t>(*partitions).value_or(0);
  if (note.partitions < 1) return std::nullopt;
  note.topic_id = word_value(text, "topic").value_or("");
  return note;
}

}  // namespace kmirror::mirror
