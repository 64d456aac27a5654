#include "protocol/framing.h"

#include <gmock/gmock.h>

#include <string>

#include "base/join.h"
#include "protocol/messages/api_versions.h"
#include "protocol/messages/init_producer_id.h"

namespace kmirror::protocol {
namespace {

TEST(Framing, RequestWithHeaderV1) {
  GatherBuffer out;
  ASSERT_FALSE(encode_request(ApiVersionsRequest(), 0, 258, "me", out));
  const Buffer expected = {0, 0, 0, 12, 0, 18, 0, 0, 0, 0, 1, 2, 0, 2, 'm', 'e'};
  EXPECT_EQ(join(out.pieces()), expected);
}

TEST(Framing, RequestWithHeaderV2) {
  ApiVersionsRequest request;
  request.client_software_name = "k";
  request.client_software_version = "1";
  GatherBuffer out;
  ASSERT_FALSE(encode_request(request, 3, 258, "me", out));
  const Buffer expected = {0, 0, 0, 18,  0,   18, 0, 3,   0, 0,   1,
                           2, 0, 2, 'm', 'e', 0,  2, 'k', 2, '1', 0};
  EXPECT_EQ(join(out.pieces()), expected);
}

TEST(Framing, RefusesAnEndlessClientId) {
  const std::string client_id(kMaxClientIdBytes + 1, 'x');
  GatherBuffer out;
  EXPECT_TRUE(encode_request(ApiVersionsRequest(), 0, 1, client_id, out));
  EXPECT_EQ(out.size(), 0);
  const auto shorter = std::string_view(client_id).substr(1);
  EXPECT_FALSE(encode_request(ApiVersionsRequest(), 0, 1, shorter, out));
}

TEST(Framing, ResponseHeaderV0) {
  const Buffer frame = {0, 0, 1, 2, 9, 9};
  ResponseFrame response;
  ASSERT_FALSE(decode_response_header(frame, InitProducerIdRequest::kApi, 1, response));
  EXPECT_EQ(response.correlation_id, 258);
  EXPECT_THAT(response.body, testing::ElementsAre(9, 9));
}

TEST(Framing, ResponseHeaderV1SkipsTags) {
  const Buffer frame = {0, 0, 1, 2, 2, 0, 1, 7, 5, 0, 9, 9};
  ResponseFrame response;
  ASSERT_FALSE(decode_response_header(frame, InitProducerIdRequest::kApi, 2, response));
  EXPECT_EQ(response.correlation_id, 258);
  EXPECT_THAT(response.body, testing::ElementsAre(9, 9));
}

TEST(Framing, ApiVersionsAlwaysHasResponseHeaderV0) {
  const Buffer frame = {0, 0, 1, 2, 9, 9};
  ResponseFrame response;
  ASSERT_FALSE(decode_response_header(frame, ApiVersionsRequest::kApi, 3, response));
  EXPECT_THAT(response.body, testing::ElementsAre(9, 9));
}

TEST(Framing, TruncatedResponseHeaders) {
  const Buffer frame = {0, 0, 1, 2, 1, 0, 1, 7};
  for (std::size_t size = 0; size < frame.size(); ++size) {
    const Buffer prefix(frame.begin(), frame.begin() + static_cast<long>(size));
    ResponseFrame response;
    EXPECT_TRUE(decode_response_header(prefix, InitProducerIdRequest::kApi, 2, response)) << size;
  }
}

const Api* find_api_versions(std::int16_t key) {
  return key == ApiVersionsRequest::kApi.key ? &ApiVersionsRequest::kApi : nullptr;
}

TEST(Framing, RequestHeadersAreReadAsWritten) {
  for (const std::int16_t version : {0, 3}) {
    GatherBuffer out;
    ASSERT_FALSE(encode_request(ApiVersionsRequest(), version, 258, "me", out));
    const Buffer frame = join(out.pieces());
    RequestFrame header;
    ASSERT_FALSE(decode_request_header(ConstBytes(frame).subspan(4), find_api_versions, header));
    EXPECT_EQ(header.api_key, 18);
    EXPECT_EQ(header.version, version);
    EXPECT_EQ(header.correlation_id, 258);
    EXPECT_EQ(header.client_id, "me");
    EXPECT_EQ(header.body.size(), wire_size(ApiVersionsRequest(), version));
  }
}

TEST(Framing, RequestHeadersMayLackAClientId) {
  const Buffer frame = {0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff, 7};
  RequestFrame header;
  ASSERT_FALSE(decode_request_header(frame, find_api_versions, header));
  EXPECT_EQ(header.client_id, std::nullopt);
  EXPECT_EQ(header.body.size(), 1u);
}

TEST(Framing, DamagedRequestHeadersAreErrors) {
  const Buffer good = {0, 18, 0, 3, 0, 0, 0, 1, 0, 1, 'x', 1, 5, 1, 9};
  RequestFrame header;
  ASSERT_FALSE(decode_request_header(good, find_api_versions, header));
  EXPECT_TRUE(header.body.empty());
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_TRUE(decode_request_header(ConstBytes(good).first(size), find_api_versions, header))
        << size;
  }
  const auto error_with = [&](std::size_t at, std::uint8_t byte) {
    Buffer frame = good;
    frame[at] = byte;
    return decode_request_header(frame, find_api_versions, header).to_string();
  };
  EXPECT_EQ(error_with(1, 19), "requestApiKey: the version is not supported (byte 0)");
  EXPECT_EQ(error_with(8, 0x80), "clientId: the length is out of range (byte 8)");
  EXPECT_EQ(error_with(9, 9), "clientId: the bytes end inside the field (byte 8)");
}

}  // namespace
}  // namespace kmirror::protocol
