#include "app/progress_line.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <array>
#include <cstdio>

namespace kmirror::app {

namespace {

// Elsewhere than on a terminal a line this often, and only when something moved.
constexpr auto kPlainEvery = std::chrono::seconds(10);

double seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

std::string human_bytes(double bytes) {
  constexpr std::array kUnits = {"B", "kB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  while (bytes >= 1000 && unit + 1 < kUnits.size()) {
    bytes /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, kUnits[unit]);
}

ProgressLine::ProgressLine(bool terminal) : terminal_(terminal) {}

void ProgressLine::on_report(const mirror::MirrorReport& report) {
  const auto now = Clock::now();
  if (!terminal_ && now - last_ < kPlainEvery) return;
  const double passed = seconds(now - last_);
  const auto records = report.counters.records - last_counters_.records;
  const auto bytes = report.counters.bytes - last_counters_.bytes;
  last_ = now;
  last_counters_ = report.counters;
  if (!terminal_ && records == 0) return;
  const std::string line = fmt::format(
      "{:.0f} records/s, {}/s, lag {}, {} records, {}, {} partitions{}",
      static_cast<double>(records) / passed, human_bytes(static_cast<double>(bytes) / passed),
      report.lag, report.counters.records, human_bytes(static_cast<double>(report.counters.bytes)),
      report.lanes,
      report.stop_reasons.empty() ? "" : fmt::format(", {} stopped", report.stop_reasons.size()));
  if (terminal_) {
    fmt::print(stderr, "\r\x1b[K{}", line);
    live_ = true;
  } else {
    fmt::print(stderr, "{}\n", line);
  }
  std::fflush(stderr);
}

std::string ProgressLine::closing(const mirror::MirrorReport& report) {
  if (live_) fmt::print(stderr, "\n");
  const double passed = seconds(Clock::now() - began_);
  const mirror::Counters& counters = report.counters;
  std::string line = fmt::format(
      "mirrored {} records, {} in {:.1f} s ({:.0f} records/s, {}/s); {} batches passed through "
      "unopened, {} rebuilt, {} decompressed",
      counters.records, human_bytes(static_cast<double>(counters.bytes)), passed,
      static_cast<double>(counters.records) / passed,
      human_bytes(static_cast<double>(counters.bytes) / passed), counters.passed_through,
      counters.rebuilt, counters.decompressed);
  if (counters.joined > 0) line += fmt::format("; {} small ones were joined", counters.joined);
  if (counters.control_batches + counters.aborted_batches > 0) {
    line += fmt::format("; dropped {} transaction markers and {} aborted batches",
                        counters.control_batches, counters.aborted_batches);
  }
  if (counters.lost_records > 0) {
    line += fmt::format("; {} offsets were deleted at the source before they were read",
                        counters.lost_records);
  }
  return line;
}

}  // namespace kmirror::app
