#include "app/demo/progress_bar.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "app/progress_line.h"

namespace kmirror::app {

namespace {

constexpr auto kEvery = std::chrono::milliseconds(100);
constexpr std::int64_t kWidth = 32;

}  // namespace

void ProgressBar::show(std::int64_t done, std::int64_t bytes) {
  if (!terminal_ || Clock::now() - drawn_ < kEvery) return;
  drawn_ = Clock::now();
  fmt::print("\r");
  draw(done, bytes);
  std::fflush(stdout);
}

void ProgressBar::finish(std::int64_t done, std::int64_t bytes) {
  if (terminal_) fmt::print("\r");
  draw(done, bytes);
  fmt::print("\n");
  std::fflush(stdout);
}

void ProgressBar::draw(std::int64_t done, std::int64_t bytes) {
  const double seconds = std::chrono::duration<double>(Clock::now() - began_).count();
  const auto filled = static_cast<std::size_t>(std::min(done, records_) * kWidth / records_);
  std::string bar(filled, '=');
  bar.resize(kWidth, ' ');
  fmt::print("  [{}] {:3} %  {} records, {}/s  ", bar, std::min(done, records_) * 100 / records_,
             done, human_bytes(static_cast<double>(bytes) / seconds));
}

}  // namespace kmirror::app
