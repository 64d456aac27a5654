// For tests of a ProduceWindow that reads the end of the log: a log, and the leader's answers. A
// fixture of GoogleTest's, one thread.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mirror/testing/window_fixture.h"

namespace kmirror::mirror {

// Batches are called by letters and have ten records. The log begins with 100 records of others.
struct TailFixture : WindowFixture {
  using ErrorCode = protocol::ErrorCode;
  using News = ProduceWindow::TailNews;

  std::vector<Buffer> log;
  std::int64_t log_start = 0;
  std::int64_t high_watermark = 100;
  std::int64_t end = 100;

  void make(int in_flight_max = 100) { WindowFixture::make(in_flight_max, 77); }

  // The broker appends what was sent.
  void append(std::string_view names) {
    for (const char name : names) {
      Buffer& batch = log.emplace_back(flatten(sent.at(name)->records.slices()));
      store_be(batch.data() + protocol::batch_field::kBaseOffset, end);
      end += 10;
    }
    high_watermark = end;
  }

  void ack(std::string_view names) {
    for (const char name : names) WindowFixture::ack(name, 100 + 10 * (name - 'a'));
  }

  // The leader answers one question, if there is one.
  std::optional<News> answer(ErrorCode error = ErrorCode::kNone) {
    const auto question = window->tail_to_read(now);
    if (!question) return std::nullopt;
    if (question->log_start) {
      const News news = window->on_log_start(*question, log_start, now, random);
      take();
      return news;
    }
    protocol::FetchResponse::Partition answer{.error_code = error,
                                              .high_watermark = high_watermark};
    Buffer bytes;
    if (error == ErrorCode::kNone && (question->offset < log_start || question->offset > end)) {
      answer.error_code = ErrorCode::kOffsetOutOfRange;
    }
    for (const Buffer& batch : log) {
      const protocol::BatchView view{ConstBytes(batch)};
      const bool seen = view.next_offset() <= high_watermark;
      if (seen && view.next_offset() > question->offset) {
        bytes.insert(bytes.end(), batch.begin(), batch.end());
      }
    }
    answer.records = protocol::RecordsView(ConstBytes(bytes));
    const News news = window->on_tail(*question, answer, now, random);
    take();
    return news;
  }

  // How many questions the window has until it goes on.
  int read_tail() {
    int questions = 0;
    while (questions < 100 && answer()) ++questions;
    return questions;
  }

  // A window with `a` acknowledged and all others under way; a question was answered once.
  void start(std::string_view others) {
    make();
    push("a");
    push(others);
    ASSERT_EQ(send(), "a0/0");
    append("a");
    ack("a");
    send();
    const auto trial = window->tail_to_try();
    if (others.size() > 5) {
      ASSERT_TRUE(trial);
      EXPECT_EQ(trial->offset, 110);
      EXPECT_EQ(trial->bytes_max, 1);
      window->on_tail(*trial, {.high_watermark = high_watermark}, now, random);
      send();
    }
    EXPECT_FALSE(window->tail_to_try());
    EXPECT_TRUE(sent.contains(others.back()));
    done.clear();
  }
};

}  // namespace kmirror::mirror
