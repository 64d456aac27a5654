#include "sim/options.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

namespace kmirror::sim {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Drawer {
 public:
  explicit Drawer(std::uint64_t seed) : random_(Random(seed).split("options")) {}

  bool flip(double chance) { return random_.unit() < chance; }

  int between(int low, int high) {
    return low + static_cast<int>(random_.below(static_cast<std::uint64_t>(high - low + 1)));
  }

  // A mean time between faults, or none.
  Duration sometimes(double chance, int low_s, int high_s) {
    const int drawn = between(low_s, high_s);
    return flip(chance) ? seconds(drawn) : seconds(0);
  }

  // A probability, or none.
  double rarely(double chance, double most) {
    const double drawn = random_.unit() * most;
    return flip(chance) ? drawn : 0;
  }

  // The newest in half of the runs.
  const char* release() {
    constexpr const char* kReleases[] = {"0.11", "1.1", "2.3", "2.8", "3.9"};
    const char* const drawn = kReleases[random_.below(std::size(kReleases))];
    return flip(0.5) ? drawn : "4.1";
  }

 private:
  Random random_;
};

void draw_links(Drawer& draw, net::sim::LinkOptions& links) {
  links.latency_min = std::chrono::microseconds(draw.between(50, 500));
  links.latency_max = links.latency_min + milliseconds(draw.flip(0.5) ? draw.between(0, 50) : 0);
  links.window_bytes = std::size_t{1} << draw.between(12, 18);
  links.short_read = draw.rarely(0.5, 0.5);
  links.short_write = draw.rarely(0.5, 0.5);
  links.clog = draw.rarely(0.3, 0.01);
  links.clog_max = seconds(draw.between(1, 10));
  links.reset = draw.rarely(0.4, 0.005);
  links.half_close = draw.rarely(0.2, 0.002);
  links.stall = draw.rarely(0.2, 0.002);
  links.refuse = draw.rarely(0.3, 0.2);
  links.black_hole = draw.rarely(0.2, 0.1);
}

}  // namespace

Options draw_options(std::uint64_t seed) {
  Drawer draw(seed);
  Options o;
  o.seed = seed;
  o.source_release = draw.release();
  o.destination_release = draw.release();
  o.source_nodes = draw.between(1, 3);
  o.destination_nodes = draw.between(1, 3);
  o.replication_factor = draw.between(1, std::min(o.source_nodes, o.destination_nodes));
  o.shards = draw.between(1, 2);
  o.replication_delay = milliseconds(draw.flip(0.5) ? draw.between(1, 200) : 0);
  o.metadata_delay = milliseconds(draw.flip(0.5) ? draw.between(1, 2000) : 0);
  o.topics = draw.between(1, 3);
  o.partitions = draw.between(1, 6);
  o.by_key = draw.flip(0.5);
  o.batches = draw.between(50, 400);
  o.records_per_batch = draw.flip(0.3) ? 1 : draw.between(1, 40);
  o.value_bytes = draw.flip(0.2) ? draw.between(1000, 20'000) : draw.between(0, 300);
  o.codecs = draw.flip(0.5);
  o.old_timestamps = draw.flip(0.3);
  o.transactions = draw.flip(0.3);
  o.topics_appear = draw.flip(0.3);
  o.topics_grow = draw.flip(0.3);
  if (draw.flip(0.3)) o.memory_bytes = draw.between(64, 1024) << 10;
  o.commit_interval = milliseconds(draw.between(100, 20'000));
  o.kill_mirror = draw.sometimes(0.5, 3, 30);
  o.move_leader = draw.sometimes(0.5, 1, 20);
  o.stop_node = draw.sometimes(0.4, 5, 30);
  o.cut_link = draw.sometimes(0.4, 2, 20);
  o.sweep = draw.sometimes(0.3, 5, 30);
  o.throttle = draw.sometimes(0.2, 5, 30);
  o.lag = draw.sometimes(0.3, 5, 30);
  o.deletion = draw.sometimes(0.2, 5, 30);
  o.refuse = draw.rarely(0.4, 0.1);
  o.lose_answer = draw.rarely(0.4, 0.03);
  o.malformed = draw.rarely(0.2, 0.01);
  o.no_name = draw.rarely(0.2, 0.5);
  draw_links(draw, o.links);
  o.buggify = draw.flip(0.7);
  if (draw.flip(0.3)) o.in_flight = draw.between(1, 4);
  if (draw.flip(0.3)) o.partition_fetch_bytes = draw.between(1, 64) << 10;
  if (draw.flip(0.3)) o.request_bytes = draw.between(1, 64) << 10;
  o.coalesce = draw.flip(0.7);
  // What the releases cannot do at all.
  const auto is_old = [&o](const char* release) {
    return o.source_release == release || o.destination_release == release;
  };
  o.zstd = !is_old("0.11") && !is_old("1.1");
  if (o.destination_release == "0.11") o.topics_grow = false;
  o.retention = draw.sometimes(0.3, 1, 3);
  return o;
}

std::string Options::to_string() const {
  const auto ms = [](Duration d) { return std::chrono::duration_cast<milliseconds>(d); };
  return fmt::format(
      "{} source brokers {} and {} destination brokers {}, {} replicas, {} shards, replication {}, "
      "metadata {}\n"
      "{} topics of {} partitions{}{}{}, {} batches of up to {} records of up to {} bytes{}{}{}\n"
      "memory {}, commits every {}, {} in flight, fetches of {}, requests of {}{}{}\n"
      "faults: kill {}, leaders {}, nodes {}, links {}, sweeps {}, throttles {}, lags {}, "
      "deletions {} and {}, refused {:.3f}, lost answers {:.3f}, malformed {:.3f}, no name {:.3f}\n"
      "links: {}",
      source_nodes, source_release, destination_nodes, destination_release, replication_factor,
      shards, ms(replication_delay), ms(metadata_delay), topics, partitions,
      by_key ? " by key" : "", topics_appear ? ", more appear" : "",
      topics_grow ? ", they grow" : "", batches, records_per_batch, value_bytes,
      codecs ? ", any codec" : "", old_timestamps ? ", old timestamps" : "",
      transactions ? ", transactions" : "", memory_bytes, ms(commit_interval), in_flight,
      partition_fetch_bytes, request_bytes, coalesce ? "" : ", nothing joined",
      buggify ? ", buggify" : "", ms(kill_mirror), ms(move_leader), ms(stop_node), ms(cut_link),
      ms(sweep), ms(throttle), ms(lag), ms(deletion), ms(retention), refuse, lose_answer, malformed,
      no_name, links.to_string());
}

}  // namespace kmirror::sim
