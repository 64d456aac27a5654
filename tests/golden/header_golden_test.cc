// Headers of requests and responses that the Java client writes: ours must read them and write the
// same bytes, and fail cleanly where they are cut or damaged.
#include <gmock/gmock.h>

#include <algorithm>
#include <functional>

#include "base/join.h"
#include "golden_messages.h"
#include "proof.h"
#include "protocol/framing.h"

namespace kmirror::protocol {
namespace {

using golden::GoldenMessage;
using golden::kChangeStep;
using golden::MessageVisitor;

const Api* find_api(std::int16_t key) {
  const MessageType* type = find_message(key, MessageRole::kRequest);
  return type == nullptr ? nullptr : &type->api;
}

void for_each_golden_of(MessageRole role, const MessageVisitor& visit) {
  golden::for_each_golden_message([&](const MessageType& message, const GoldenMessage& golden) {
    if (message.role == role) visit(message, golden);
  });
}

void for_each_request(const MessageVisitor& visit) {
  for_each_golden_of(MessageRole::kRequest, visit);
}

void for_each_response(const MessageVisitor& visit) {
  for_each_golden_of(MessageRole::kResponse, visit);
}

TEST(HeaderGolden, WritesTheSameRequestFrame) {
  golden::Proof proof("request frames written as Java's");
  for_each_request([&proof](const MessageType& message, const GoldenMessage& golden) {
    AnyMessage request(message);
    ASSERT_FALSE(request.decode(golden.body, golden.version));
    const RequestPrefix prefix(message.api, golden.version, golden::kCorrelationId,
                               golden::kClientId);
    GatherBuffer gathered;
    ASSERT_FALSE(request.encode(golden.version, prefix, gathered));
    const Buffer written = join(gathered.pieces());
    const Buffer expected = golden.frame();
    ASSERT_GT(written.size(), 4);
    EXPECT_EQ(load_be<std::int32_t>(written.data()), expected.size());
    EXPECT_EQ(Buffer(written.begin() + 4, written.end()), expected);
    proof.add(message.name, golden.version, 1);
  });
}

TEST(HeaderGolden, ReadsTheRequestHeader) {
  golden::Proof proof("request headers of Java's read");
  for_each_request([&proof](const MessageType& message, const GoldenMessage& golden) {
    const Buffer frame = golden.frame();
    RequestFrame request;
    ASSERT_FALSE(decode_request_header(frame, &find_api, request));
    EXPECT_EQ(request.api_key, message.api.key);
    EXPECT_EQ(request.version, golden.version);
    EXPECT_EQ(request.correlation_id, golden::kCorrelationId);
    EXPECT_EQ(request.client_id, golden::kClientId);
    EXPECT_TRUE(std::ranges::equal(request.body, golden.body));
    proof.add(message.name, golden.version, 1);
  });
}

TEST(HeaderGolden, ReadsTheResponseHeader) {
  golden::Proof proof("response headers of Java's read");
  for_each_response([&proof](const MessageType& message, const GoldenMessage& golden) {
    const Buffer frame = golden.frame();
    ResponseFrame response;
    ASSERT_FALSE(decode_response_header(frame, message.api, golden.version, response));
    EXPECT_EQ(response.correlation_id, golden::kCorrelationId);
    EXPECT_TRUE(std::ranges::equal(response.body, golden.body));
    proof.add(message.name, golden.version, 1);
  });
}

// `decode` refuses each prefix of the header. It is in memory of its own size, so that a sanitizer
// sees any byte read beyond it.
void expect_prefixes_refused(const GoldenMessage& golden,
                             const std::function<WireError(const Buffer& prefix)>& decode) {
  for (std::size_t size = 0; size < golden.header.size(); ++size) {
    const Buffer prefix(golden.header.begin(), golden.header.begin() + static_cast<long>(size));
    const WireError error = decode(prefix);
    ASSERT_EQ(error.kind, WireError::Kind::kTruncated) << size;
    ASSERT_LE(error.offset, size);
  }
}

TEST(HeaderGolden, EveryPrefixOfARequestHeaderFailsCleanly) {
  golden::Proof proof("prefixes of request headers refused");
  for_each_request([&proof](const MessageType& message, const GoldenMessage& golden) {
    ASSERT_NO_FATAL_FAILURE(expect_prefixes_refused(golden, [](const Buffer& prefix) {
      RequestFrame request;
      return decode_request_header(prefix, &find_api, request);
    }));
    proof.add(message.name, golden.version, golden.header.size());
  });
}

TEST(HeaderGolden, EveryPrefixOfAResponseHeaderFailsCleanly) {
  golden::Proof proof("prefixes of response headers refused");
  for_each_response([&proof](const MessageType& message, const GoldenMessage& golden) {
    ASSERT_NO_FATAL_FAILURE(expect_prefixes_refused(golden, [&](const Buffer& prefix) {
      ResponseFrame response;
      return decode_response_header(prefix, message.api, golden.version, response);
    }));
    proof.add(message.name, golden.version, golden.header.size());
  });
}

// Calls `visit` with the frame for every change of a byte of its header; tells how many.
std::size_t for_each_change(const GoldenMessage& golden,
                            const std::function<void(const Buffer& frame)>& visit) {
  Buffer frame = golden.frame();
  std::size_t changes = 0;
  for (std::size_t position = 0; position < golden.header.size(); ++position) {
    const std::uint8_t original = frame[position];
    for (int change = kChangeStep; change < 256; change += kChangeStep) {
      frame[position] = static_cast<std::uint8_t>(original + change);
      visit(frame);
      ++changes;
    }
    frame[position] = original;
  }
  return changes;
}

// What was read says what the bytes say: where everything before the tagged fields lies is known.
void expect_read_as_it_stands(const Buffer& frame, const RequestFrame& request) {
  constexpr std::size_t kClientIdPlace = 10;
  ASSERT_EQ(request.api_key, load_be<std::int16_t>(frame.data()));
  ASSERT_EQ(request.version, load_be<std::int16_t>(frame.data() + 2));
  ASSERT_EQ(request.correlation_id, load_be<std::int32_t>(frame.data() + 4));
  const auto length = load_be<std::int16_t>(frame.data() + 8);
  ASSERT_EQ(request.client_id.has_value(), length >= 0);
  const ConstBytes client_id = as_bytes(request.client_id.value_or(""));
  ASSERT_TRUE(std::ranges::equal(
      client_id, ConstBytes(frame).subspan(kClientIdPlace, std::max<std::int16_t>(length, 0))));
  ASSERT_GE(request.body.data(), frame.data() + kClientIdPlace + client_id.size());
  ASSERT_EQ(request.body.data() + request.body.size(), frame.data() + frame.size());
}

TEST(HeaderGolden, EveryChangedByteOfARequestHeaderIsReadCleanly) {
  golden::Proof proof("request headers with a changed byte read or refused");
  for_each_request([&proof](const MessageType& message, const GoldenMessage& golden) {
    const std::size_t changes = for_each_change(golden, [](const Buffer& frame) {
      RequestFrame request;
      const WireError error = decode_request_header(frame, &find_api, request);
      ASSERT_LE(error.offset, frame.size());
      if (!error) expect_read_as_it_stands(frame, request);
    });
    ASSERT_FALSE(testing::Test::HasFailure());
    proof.add(message.name, golden.version, changes);
  });
}

TEST(HeaderGolden, EveryChangedByteOfAResponseHeaderIsReadCleanly) {
  golden::Proof proof("response headers with a changed byte read or refused");
  for_each_response([&proof](const MessageType& message, const GoldenMessage& golden) {
    const std::size_t changes = for_each_change(golden, [&](const Buffer& frame) {
      ResponseFrame response;
      const WireError error = decode_response_header(frame, message.api, golden.version, response);
      ASSERT_LE(error.offset, frame.size());
      ASSERT_EQ(response.correlation_id, load_be<std::int32_t>(frame.data()));
      if (error) return;
      ASSERT_GE(response.body.data(), frame.data() + sizeof(std::int32_t));
      ASSERT_EQ(response.body.data() + response.body.size(), frame.data() + frame.size());
    });
    ASSERT_FALSE(testing::Test::HasFailure());
    proof.add(message.name, golden.version, changes);
  });
}

}  // namespace
}  // namespace kmirror::protocol
