#include "app/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <mutex>
#include <string>

namespace kmirror::app {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kSameEvent = std::chrono::seconds(2);

spdlog::level::level_enum spdlog_level(net::LogLevel level) {
  switch (level) {
    case net::LogLevel::kDebug:
      return spdlog::level::debug;
    case net::LogLevel::kInfo:
      return spdlog::level::info;
    case net::LogLevel::kWarning:
      return spdlog::level::warn;
    case net::LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

// The lines of the last moments, from all shards.
class Recent {
 public:
  bool said_already(std::string_view line) {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    while (!lines_.empty() && now - lines_.front().at > kSameEvent) lines_.pop_front();
    const bool known = std::any_of(lines_.begin(), lines_.end(),
                                   [&](const Line& said) { return said.text == line; });
    if (!known) lines_.push_back({now, std::string(line)});
    return known;
  }

 private:
  struct Line {
    Clock::time_point at;
    std::string text;
  };

  std::mutex mutex_;
  std::deque<Line> lines_;
};

}  // namespace

net::AsioRuntime::LogSink make_log_sink() {
  auto logger = std::make_shared<spdlog::logger>(
      "kmirror", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  // On a terminal the line may begin behind the live line of progress, which it takes the place of.
  const std::string clear = isatty(STDERR_FILENO) != 0 ? "\r\x1b[K" : "";
  logger->set_pattern(clear + "%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
  auto recent = std::make_shared<Recent>();
  return [logger, recent](net::LogLevel level, std::string_view line) {
    if (!recent->said_already(line)) logger->log(spdlog_level(level), line);
  };
}

}  // namespace kmirror::app
