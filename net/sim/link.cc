#include "net/sim/link.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace kmirror::net::sim {

namespace {

std::int64_t micros(Duration duration) {
  return duration / std::chrono::microseconds(1);
}

}  // namespace

std::string LinkOptions::to_string() const {
  const LinkOptions usual;
  std::string text;
  const auto add = [&text](std::string_view name, auto value, auto default_value) {
    if (value != default_value) fmt::format_to(std::back_inserter(text), " {}={}", name, value);
  };
  add("latency_min_us", micros(latency_min), std::int64_t{0});
  add("latency_max_us", micros(latency_max), std::int64_t{0});
  add("bytes_per_second", bytes_per_second, usual.bytes_per_second);
  add("window_bytes", window_bytes, usual.window_bytes);
  add("short_read", short_read, usual.short_read);
  add("short_write", short_write, usual.short_write);
  add("clog", clog, usual.clog);
  add("clog_max_us", micros(clog_max), micros(usual.clog_max));
  add("reset", reset, usual.reset);
  add("half_close", half_close, usual.half_close);
  add("stall", stall, usual.stall);
  add("refuse", refuse, usual.refuse);
  add("black_hole", black_hole, usual.black_hole);
  return text.empty() ? "no faults" : text.substr(1);
}

std::size_t Link::part_of(std::size_t size, double probability) {
  if (size <= 1 || !chance(probability)) return size;
  const std::size_t most = random_.below(2) == 0 ? std::min<std::size_t>(size, 16) : size;
  return 1 + random_.below(most);
}

Duration Link::some_of(Duration longest) {
  if (longest <= Duration(1)) return Duration(1);
  return Duration(1 + random_.below(static_cast<std::uint64_t>(longest.count())));
}

Duration Link::draw_latency() {
  const Duration range = options.latency_max - options.latency_min;
  return range > Duration(0) ? options.latency_min + some_of(range) : options.latency_min;
}

TimePoint Link::arrival(TimePoint now, std::size_t bytes) {
  if (options.bytes_per_second > 0) {
    const double seconds =
        static_cast<double>(bytes) / static_cast<double>(options.bytes_per_second);
    free_at_ = std::max(free_at_, now) + Duration(static_cast<std::int64_t>(seconds * 1e9));
    return free_at_ + draw_latency();
  }
  return now + draw_latency();
}

}  // namespace kmirror::net::sim
