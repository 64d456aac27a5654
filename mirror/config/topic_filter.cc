#define PCRE2_CODE_UNIT_WIDTH 8
#include "mirror/config/topic_filter.h"

#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/check.h"
#include "mirror/config/value_rule.h"

namespace kmirror::mirror {
namespace {

// Steps and kilobytes that one match may take: far more than an honest pattern needs on a name of
// 249 letters, and milliseconds for a hostile one.
constexpr std::uint32_t kMatchLimit = 1'000'000;
constexpr std::uint32_t kHeapLimitKib = 4 * 1024;

struct FreeCode {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreeMatch {
  void operator()(pcre2_match_data* match) const { pcre2_match_data_free(match); }
};
struct FreeContext {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};

// TopicFilter.scala: trimmed, ',' to '|', no spaces, no quotes at either end.
std::string prepared(std::string_view text) {
  std::string pattern;
  for (char c : trimmed(text)) {
    if (c != ' ') pattern += c == ',' ? '|' : c;
  }
  constexpr std::string_view kQuotes = "\"'";
  pattern.erase(0, std::min(pattern.find_first_not_of(kQuotes), pattern.size()));
  pattern.erase(pattern.find_last_not_of(kQuotes) + 1);
  return pattern;
}

// Where a character class holds another one or an intersection: Java's unions and intersections,
// which PCRE2 reads as plain letters.
std::optional<std::size_t> java_class_syntax(std::string_view pattern) {
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern.substr(i, 2) == "\\Q") {
      i = std::min(pattern.find("\\E", i), pattern.size());
    } else if (pattern[i] == '\\') {
      ++i;
    } else if (in_class && (pattern[i] == '[' || pattern.substr(i, 2) == "&&")) {
      return i;
    } else if (pattern[i] == '[') {
      in_class = true;
      if (pattern.substr(i + 1, 1) == "^") ++i;
      if (pattern.substr(i + 1, 1) == "]") ++i;
    } else if (pattern[i] == ']') {
      in_class = false;
    }
  }
  return std::nullopt;
}

// Whether one of the pattern's alternatives is just that name.
bool names_literally(std::string_view pattern, std::string_view topic) {
  while (!pattern.empty()) {
    std::size_t bar = std::min(pattern.find('|'), pattern.size());
    if (pattern.substr(0, bar) == topic) return true;
    pattern.remove_prefix(std::min(bar + 1, pattern.size()));
  }
  return false;
}

std::string message_of(int error) {
  std::array<PCRE2_UCHAR, 256> text{};
  pcre2_get_error_message(error, text.data(), text.size());
  return reinterpret_cast<const char*>(text.data());
}

}  // namespace

struct TopicFilter::Compiled {
  std::unique_ptr<pcre2_code, FreeCode> code;
  std::unique_ptr<pcre2_match_context, FreeContext> context;
};

ConfigResult<TopicFilter> TopicFilter::compile(std::string_view text) {
  TopicFilter filter;
  filter.pattern_ = prepared(text);
  if (filter.pattern_.empty()) {
    return ConfigError{"no topics are named: --include (or --whitelist) takes a regex of topics."};
  }
  if (std::optional<std::size_t> position = java_class_syntax(filter.pattern_)) {
    return ConfigError{
        fmt::format("the topic regex {} does not compile: character classes cannot hold [ or && "
                    "(position {}); write the class out, or \\[ for a bracket.",
                    filter.pattern_, *position)};
  }
  int error = 0;
  PCRE2_SIZE position = 0;
  std::uint32_t options = PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOLLAR_ENDONLY;
  auto compiled = std::make_shared<Compiled>();
  compiled->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(filter.pattern_.data()),
                                     filter.pattern_.size(), options, &error, &position, nullptr));
  if (!compiled->code) {
    return ConfigError{fmt::format("the topic regex {} does not compile: {} at position {}.",
                                   filter.pattern_, message_of(error), position)};
  }
  compiled->context.reset(pcre2_match_context_create(nullptr));
  KM_CHECK(compiled->context != nullptr, "a few bytes of memory are there at start");
  pcre2_set_match_limit(compiled->context.get(), kMatchLimit);
  pcre2_set_heap_limit(compiled->context.get(), kHeapLimitKib);
  filter.compiled_ = std::move(compiled);
  return filter;
}

TopicMatch TopicFilter::match(std::string_view topic) const {
  if (!compiled_) return TopicMatch::kNo;
  if (is_internal_topic(topic)) {
    return names_literally(pattern_, topic) ? TopicMatch::kYes : TopicMatch::kNo;
  }
  std::unique_ptr<pcre2_match_data, FreeMatch> match(pcre2_match_data_create(1, nullptr));
  KM_CHECK(match != nullptr, "a few bytes of memory are there");
  int result = pcre2_match(compiled_->code.get(), reinterpret_cast<PCRE2_SPTR>(topic.data()),
                           topic.size(), 0, 0, match.get(), compiled_->context.get());
  if (result >= 0) return TopicMatch::kYes;
  bool is_limit = result == PCRE2_ERROR_MATCHLIMIT || result == PCRE2_ERROR_DEPTHLIMIT ||
                  result == PCRE2_ERROR_HEAPLIMIT;
  return is_limit ? TopicMatch::kTooHard : TopicMatch::kNo;
}

bool is_internal_topic(std::string_view topic) {
  return topic == "__consumer_offsets" || topic == "__transaction_state" ||
         topic == "__share_group_state";
}

}  // namespace kmirror::mirror
