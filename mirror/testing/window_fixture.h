// For tests of a ProduceWindow: batches are called by letters, and what became of them is told by
// their letters. A fixture of GoogleTest's, one thread.
#pragma once

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "mirror/core/lane.h"
#include "mirror/core/produce_window.h"
#include "mirror/testing/batches.h"

namespace kmirror::mirror {

struct WindowFixture : testing::Test {
  TimePoint now{};
  Random random{1};
  net::SlabPool slabs;
  Counters counters;
  Budget budget{1 << 20, slabs};
  Lane one{{.topic = "one"}, {}, counters, budget};
  std::optional<ProduceWindow> window;
  std::map<char, OutgoingBatch*> sent;
  std::string done;

  void make(int in_flight_max, std::int64_t producer_id) {
    window.emplace(ProduceWindow::Settings{.in_flight_max = in_flight_max,
                                           .back_off_first = std::chrono::milliseconds(100),
                                           .back_off_longest = std::chrono::milliseconds(1000)},
                   ProducerIdentity{producer_id});
  }

  void push(std::string_view names, int records = 10, Lane* lane = nullptr) {
    for (const char name : names) {
      window->push(outgoing_batch(static_cast<Progress::Entry>(name), records, lane ? lane : &one),
                   now);
    }
  }

  // Sends all that may be sent, like "a0/0 b0/10": name, epoch, sequence.
  std::string send() {
    std::string text;
    while (window->ready(now)) {
      OutgoingBatch& batch = window->send_next();
      const char name = static_cast<char>(batch.entry);
      sent[name] = &batch;
      const protocol::BatchView view(batch.header);
      text += fmt::format("{}{}{}/{}", text.empty() ? "" : " ", name, view.producer_epoch(),
                          view.base_sequence());
    }
    return text;
  }

  void take() {
    for (const OutgoingBatch& batch : window->take_done()) done += static_cast<char>(batch.entry);
  }

  void ack(char name, std::int64_t base_offset) {
    window->on_acknowledged(*sent.at(name), base_offset, now);
    take();
  }

  ProduceWindow::Action reject(char name, protocol::ErrorCode code) {
    const ProduceWindow::Action action = window->on_rejected(*sent.at(name), code, now, random);
    take();
    return action;
  }

  void lose(std::string_view names) {
    for (const char name : names) window->on_lost(*sent.at(name), now, random);
    take();
  }

  // Beyond every back-off.
  void pass_time() { now += std::chrono::seconds(2); }
};

}  // namespace kmirror::mirror
