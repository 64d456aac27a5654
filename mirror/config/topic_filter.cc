#define PCRE2_CODE_UNIT_WIDTH 8
#include "mirror/config/topic_filter.h"

#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"

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
  for (char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    pattern += c == ',' ? '|' : c;
  }
  constexpr std::string_view kQuotes = "\"'";
  pattern.erase(0, std::min(pattern.find_first_not_of(kQuotes), pattern.size()));
  pattern.erase(pattern.find_last_not_of(kQuotes) + 1);
  return pattern;
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

bool TopicFilter::matches(std::string_view topic) const {
  if (!compiled_) return false;
  if (is_internal_topic(topic)) {
    std::string_view rest = pattern_;
    while (!rest.empty()) {
      std::size_t bar = std::min(rest.find('|'), rest.size());
      if (rest.substr(0, bar) == topic) return true;
      rest.remove_prefix(std::min(bar + 1, rest.size()));
    }
    return false;
  }
  std::unique_ptr<pcre2_match_data, FreeMatch> match(pcre2_match_data_create(1, nullptr));
  KM_CHECK(match != nullptr, "a few bytes of memory are there");
  return pcre2_match(compiled_->code.get(), reinterpret_cast<PCRE2_SPTR>(topic.data()),
                     topic.size(), 0, 0, match.get(), compiled_->context.get()) >= 0;
}

bool is_internal_topic(std::string_view topic) {
  return topic == "__consumer_offsets" || topic == "__transaction_state" ||
         topic == "__share_group_state";
}

}  // namespace kmirror::mirror
