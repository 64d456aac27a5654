// Bytes that the Java client writes: ours must read them, show them as Java's JsonConverter does,
// and write the same bytes again.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>

#include "golden_files.h"
#include "protocol/framing.h"
#include "protocol/messages/all.h"

namespace kmirror::protocol {
namespace {

using Json = nlohmann::json;

constexpr std::int32_t kCorrelationId = 7;
constexpr std::string_view kClientId = "golden";

Buffer flatten(const GatherBuffer& gathered) {
  Buffer bytes;
  for (const ConstBytes piece : gathered.pieces()) {
    bytes.insert(bytes.end(), piece.begin(), piece.end());
  }
  return bytes;
}

struct Golden {
  std::int16_t version;
  std::string variant;
  Buffer header;
  Buffer body;
  Json json;
};

// The lines of the versions that we speak.
template <class M>
std::vector<Golden> golden_of(std::string_view direction) {
  std::vector<Golden> all;
  for (const Json& line : golden::wire_lines(M::kApi.name, direction)) {
    const auto version = line["version"].get<std::int16_t>();
    if (!M::kApi.versions.contains(version)) continue;
    all.push_back({version, line["variant"], golden::from_hex(line["header"].get<std::string>()),
                   golden::from_hex(line["body"].get<std::string>()), line["json"]});
  }
  return all;
}

void for_each_message(auto&& visitor) {
  AllRequests::for_each([&visitor]<class Request>() {
    visitor.template operator()<Request>("Request");
    visitor.template operator()<typename Request::Response>("Response");
  });
}

void for_each_golden(auto&& visitor) {
  for_each_message([&visitor]<class M>(std::string_view direction) {
    for (const Golden& golden : golden_of<M>(direction)) {
      SCOPED_TRACE(
          fmt::format("{}{} v{} {}", M::kApi.name, direction, golden.version, golden.variant));
      visitor.template operator()<M>(golden);
    }
  });
}

TEST(WireGolden, EveryVersionIsThere) {
  for_each_message([]<class M>(std::string_view direction) {
    std::set<std::pair<int, std::string>> seen;
    for (const Golden& golden : golden_of<M>(direction))
      seen.emplace(golden.version, golden.variant);
    const auto versions = static_cast<std::size_t>(M::kApi.versions.max - M::kApi.versions.min + 1);
    EXPECT_EQ(seen.size(), versions * 3) << M::kApi.name << direction;
  });
}

TEST(WireGolden, ReadsAndWritesTheSameBytes) {
  for_each_golden([]<class M>(const Golden& golden) {
    M message;
    const WireError decoded = decode(golden.body, golden.version, message);
    ASSERT_FALSE(decoded) << decoded.to_string();
    GatherBuffer written;
    const WireError encoded = encode(message, golden.version, written);
    ASSERT_FALSE(encoded) << encoded.to_string();
    EXPECT_EQ(flatten(written), golden.body);
    EXPECT_EQ(written.size(), golden.body.size());
    EXPECT_EQ(wire_size(message, golden.version), golden.body.size());
  });
}

TEST(WireGolden, ShowsTheSameJson) {
  for_each_golden([]<class M>(const Golden& golden) {
    M message;
    const WireError decoded = decode(golden.body, golden.version, message);
    ASSERT_FALSE(decoded) << decoded.to_string();
    EXPECT_EQ(Json::parse(to_json(message, golden.version)), golden.json);
  });
}

TEST(WireGolden, WritesTheSameRequestFrame) {
  AllRequests::for_each([]<class Request>() {
    for (const Golden& golden : golden_of<Request>("Request")) {
      SCOPED_TRACE(fmt::format("{} v{} {}", Request::kApi.name, golden.version, golden.variant));
      Request message;
      ASSERT_FALSE(decode(golden.body, golden.version, message));
      GatherBuffer written;
      ASSERT_FALSE(encode_request(message, golden.version, kCorrelationId, kClientId, written));
      const Buffer frame = flatten(written);
      const auto length = load_be<std::int32_t>(frame.data());
      EXPECT_EQ(length, golden.header.size() + golden.body.size());
      Buffer expected = golden.header;
      expected.insert(expected.end(), golden.body.begin(), golden.body.end());
      EXPECT_EQ(Buffer(frame.begin() + 4, frame.end()), expected);
    }
  });
}

TEST(WireGolden, ReadsTheResponseHeader) {
  AllRequests::for_each([]<class Request>() {
    for (const Golden& golden : golden_of<typename Request::Response>("Response")) {
      SCOPED_TRACE(fmt::format("{} v{} {}", Request::kApi.name, golden.version, golden.variant));
      Buffer frame = golden.header;
      frame.insert(frame.end(), golden.body.begin(), golden.body.end());
      ResponseFrame response;
      ASSERT_FALSE(decode_response_header(frame, Request::kApi, golden.version, response));
      EXPECT_EQ(response.correlation_id, kCorrelationId);
      EXPECT_TRUE(std::ranges::equal(response.body, golden.body));
    }
  });
}

// Each prefix in memory of its own size, so that a sanitizer sees any byte read beyond it.
TEST(WireGolden, EveryPrefixFailsCleanly) {
  for_each_golden([]<class M>(const Golden& golden) {
    for (std::size_t size = 0; size < golden.body.size(); ++size) {
      const Buffer prefix(golden.body.begin(), golden.body.begin() + static_cast<long>(size));
      M message;
      const WireError error = decode(prefix, golden.version, message);
      ASSERT_TRUE(error) << "of " << size << " bytes";
      ASSERT_LE(error.offset, size);
    }
  });
}

// Whatever a changed byte makes of it: an error, or a message that can be written again.
TEST(WireGolden, EveryChangedByteIsHandled) {
  for_each_golden([]<class M>(const Golden& golden) {
    if (golden.variant != "full") return;
    Buffer body = golden.body;
    for (std::uint8_t& byte : body) {
      for (const int flip : {0x01, 0x80}) {
        byte ^= static_cast<std::uint8_t>(flip);
        M message;
        if (!decode(body, golden.version, message)) {
          GatherBuffer written;
          const WireError error = encode(message, golden.version, written);
          ASSERT_FALSE(error) << error.to_string();
        }
        byte ^= static_cast<std::uint8_t>(flip);
      }
    }
  });
}

}  // namespace
}  // namespace kmirror::protocol
