#include "app/log.h"

#include <spdlog/sinks/dup_filter_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>

namespace kmirror::app {

namespace {

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

}  // namespace

net::AsioRuntime::LogSink make_log_sink() {
  auto once = std::make_shared<spdlog::sinks::dup_filter_sink_mt>(std::chrono::seconds(2));
  once->add_sink(std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  auto logger = std::make_shared<spdlog::logger>("kmirror", once);
  logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
  return [logger](net::LogLevel level, std::string_view line) {
    logger->log(spdlog_level(level), line);
  };
}

}  // namespace kmirror::app
