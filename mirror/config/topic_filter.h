// The topics a regex chooses, as MirrorMaker's --include does (TopicFilter.scala): commas are
// alternatives, the whole name must match. Matching is done by PCRE2 with a bound on the work,
// since the pattern comes from a user. Copies share the compiled pattern; matching is safe from any
// thread.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mirror/config/config_result.h"

namespace kmirror::mirror {

enum class TopicMatch {
  kNo,
  kYes,
  kTooHard,  // undecided: matching would take more work than is allowed
};

class TopicFilter {
 public:
  // Matches nothing.
  TopicFilter() = default;

  // Prepares the text as TopicFilter does (',' becomes '|', spaces and quotes around it go) and
  // compiles it. The error names the position in the prepared pattern; syntax that only Java gives
  // a meaning to (classes within classes, &&) is one, for PCRE2 would choose other topics.
  static ConfigResult<TopicFilter> compile(std::string_view text);

  // Whether the whole name matches. A Kafka-internal topic is matched only by a pattern that names
  // it literally, as one whole alternative, never by a wildcard.
  TopicMatch match(std::string_view topic) const;

  // The prepared pattern.
  const std::string& pattern() const { return pattern_; }

 private:
  struct Compiled;

  std::string pattern_;
  std::shared_ptr<const Compiled> compiled_;
};

// Kafka's Topic.isInternal: __consumer_offsets, __transaction_state, __share_group_state.
bool is_internal_topic(std::string_view topic);

}  // namespace kmirror::mirror
